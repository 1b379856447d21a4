/* Explorable 0.1.0, MIT licence */
for(const name of["explorable-figure","explorable-value"]){
if(customElements.get(name))continue;
customElements.define(name,class extends HTMLElement{
connectedCallback(){
this.ready=this.start(this.getAttribute("src"));
}
disconnectedCallback(){
this.live?.end();
}
async start(src){
if(!src)return;
try{
const url=new URL(src,document.baseURI);
const spec=await(await fetch(url)).json();
const{mount}=await import(new URL(spec.runtime.split("/").pop(),url).href);
this.live?.end();
if(this.isConnected)this.live=mount(this,spec,url.href);
}catch(error){
console.error("[explorable]",src,error);
this.dispatchEvent(new CustomEvent("error",{detail:{message:String(error)}}));
}
}
async set(settings){
await this.ready;
if(!Object.hasOwn(this,"set"))throw new Error("[explorable] this figure is not live");
return this.set(settings);
}
});
}
