/* Explorable 0.1.0, MIT licence */
/*! Explorable, MIT licence */
const $a=(e,g,b)=>Math.min(g,Math.max(e,b));
function $e(c,a,d){
switch(a.kind){
case"slider":{
const{low:e,high:g,step:h}=a;
const b=$b(c,d);
const B=h?e+Math.round((b-e)/h)*h:b;
return $a(e,g,h?Number(B.toPrecision(12)):B);
}
case"integer":return $a(a.low,a.high,Math.round($b(c,d)));
case"seed":return $a(0,Number.MAX_SAFE_INTEGER,Math.round($b(c,d)));
case"button":return Math.max(0,Math.round($b(c,d)));
case"toggle":if(typeof d!=="boolean")throw $c(c,"true or false",d);
return d;
case"choice":if(!a.options.includes((d))){
throw new Error($j(`option of '${c}'`,String(d),a.options));
}
return(d);
case"point":return $h(c,d);
case"points":{
if(!$d(d))throw $c(c,"a list of [x, y]",d);
const n=Array.from(d).slice(0,a.max);
return(n.map((p)=>$h(c,p,Boolean(a.classes))));
}
case"tensor":{
const{low:e= -Infinity,high:g=Infinity,dtype:C}=a;
const v=$i(d);
const D=a.value.length;
if(v.length!==D)throw $c(c,`${D} numbers`,`${v.length}`);
const H= !/float|complex/.test(C);
return v.map((b)=>{
const E=$a(e,g,$b(c,C==="bool"?Number(Boolean(b)):b));
return H?Math.round(E):E;
});
}
case"text":{
if(typeof d!=="string")throw $c(c,"a text",d);
return $f(a,d).slice(0,a.max).join("");
}
}
}
function $b(c,d){
const b=typeof d==="string"&&d.trim()?Number(d):d;
if(typeof b!=="number"||Number.isNaN(b))throw $c(c,"a number",d);
return b;
}
function $h(c,d,I=false){
const p=(d);
const n=$d(d)?Array.from(d):[p?.re,p?.im];
if(n.length!==2&& !(I&&n.length===3))throw $c(c,"[x, y]",d);
return n.map((b)=>$a(-3.4e38,3.4e38,$b(c,b)));
}
const $d=(f)=>Array.isArray(f)||(ArrayBuffer.isView(f)&&"length"in f);
const $i=(f)=>$d(f)?Array.from(f).flatMap((w)=>($d(w)?$i(w):[w])):[f];
const $c=(c,J,K)=>new Error(`'${c}' takes ${J}, got ${JSON.stringify(K)}`);
function $j(L,c,F){
const x=[...F].sort((q,k)=>$g(c,q)-$g(c,k))[0];
const M=x!==undefined&&$g(c,x)<=1+c.length/3;
return`unknown ${L} '${c}'${M?`; nearest '${x}'`:""}; one of: ${F.join(", ")}`;
}
function $g(q,k){
let r=Array.from({length:k.length+1},(T,i)=>i);
for(let s=0;s<q.length;s++){
const y=[s+1];
for(let i=0;i<k.length;i++){
y.push(Math.min(r[i+1]+1,y[i]+1,r[i]+Number(q[s]!==k[i])));
}
r=y;
}
return r[k.length];
}
function $p(a,f,N){
if(N)
return String(a.kind==="text"?$f(a,String(f)).length:(f).length);
return a.kind==="choice"?String(a.options.indexOf((f))):String(f);
}
function $f({tokenizer:{vocabulary:o}},t){
if(typeof Intl==="undefined"|| !("Segmenter"in Intl))return Array.from(t);
const O=new Intl.Segmenter(undefined,{granularity:"grapheme"}).segment(t);
return Array.from(O,({segment:P})=>P).flatMap((l)=>o.includes(l)?[l]:Array.from(l));
}
function $q(a,t){
const{vocabulary:o}=a.tokenizer;
return $f(a,t).map((l)=>o.includes(l)?o.indexOf(l):o.length-1);
}
function $k({low:e,high:g,scale:j},b){
return j==="log"?Math.log(b/e)/Math.log(g/e):(b-e)/(g-e||1);
}
function $l({low:e,high:g,scale:j},G){
return j==="log"?e*(g/e)**G:e+G*(g-e);
}
function $r(c,a,f,z){
const b=Number(f);
if(a.kind==="slider"){
const{low:e,high:g,scale:j,step:h}=a;
if(h&&j==="linear")return $e(c,a,b+z*h);
const u=$l(a,$a(0,1,$k(a,b)+z/100));
const Q=u===e||u===g;
return $e(c,a,j==="log"||Q?u:$m(u,(g-e)/1000));
}
if(a.kind==="integer"||a.kind==="seed")
return $e(c,a,b+z);
return f;
}
const $m=(b,m)=>Number(b.toFixed($a(0,12,Math.ceil(-Math.log10(m)))));
function $s(a,f){
const m=a.unit?` ${a.unit}`:"";
if(a.kind==="slider")return $n(a,Number(f))+m;
if(a.kind==="point"){
const[b,A]=(f).map((R)=>R.toFixed(2));
return a.complex?`${b} ${A.startsWith("-")?"−":"+"} ${A.replace("-","")}i`:`(${b}, ${A})`.replaceAll("-","−");
}
return String(f).replace("-","−")+m;
}
function $n({low:e,high:g,scale:j,step:h},b){
if(j==="log"){
const S=b!==0&&(Math.abs(b)<1e-3||Math.abs(b)>=1e5)?b.toExponential(1):String(Number(b.toPrecision(3)));
return S.replaceAll("-","−");
}
const m=h??(g-e)/100;
return b.toFixed(h?$o(h):$a(0,8,Math.ceil(-Math.log10(m)-0.1))).replace("-","−");
}
const $o=(h)=>String(h).split("e-")[1]?8:(String(h).split(".")[1]??"").length;
const $t={
ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1,PageUp:10,PageDown:-10,Home:-Infinity,End:Infinity
};
const $u=(e)=>e.ctrlKey||e.metaKey||e.altKey?0:($t[e.key]??0)*(e.shiftKey?10:1);
function $v(h,d,i,j){
const b=h.dataset.control??"";
const a=d.spec.program.controls[b];
const f=([...h.querySelectorAll("input, select")]);
const s=h.querySelector("output");
const[c]=f;
const t=a.kind==="slider"&&a.scale==="log";
let m=false;
const u=()=>{
if(a.kind==="toggle")return(c).checked;
if(a.kind==="choice"&&f.length>1){
return(f.find((k)=>(k).checked)?.value??a.value);
}
if(t)return $l(a,Number(c.value));
return c.value;
};
const v=()=>{
if(c.type==="number"&& !((c).value.trim()))return;
const w=u();
m=true;
d.sweep(b,false);
i({[b]:w});
m=false;
};
for(const n of f)n.addEventListener("input",v,{signal:j});
for(const n of f)n.addEventListener("change",()=>o(),{signal:j});
if(a.kind==="slider"){
c.addEventListener("keydown",(e)=>{
const l=$u((e));
if(!l)return;
e.preventDefault();
d.sweep(b,false);
i({
[b]:Number.isFinite(l)?$r(b,a,d.values[b],l):l
});
},{signal:j});
}
const x=()=>{
i({[b]:1});
for(const p of d.simulations){
if(p.needs.includes(b)&& !d.playing.has(p.name))d.advance(p.name);
}
};
const q=(h.querySelector("button"));
q?.addEventListener("click",()=>{
if(a.kind==="button")x();
else if(a.kind==="seed")i({[b]:Math.floor(Math.random()*1e6)});
else d.sweep(b,!d.sweeping.has(b));
},{signal:j});
const o=()=>{
const g=d.values[b];
if(a.kind==="button")return;
if(q&&a.kind==="slider")
q.setAttribute("aria-pressed",String(d.sweeping.has(b)));
if(s)s.value=$s(a,g);
if(a.kind==="toggle")(c).checked=Boolean(g);
else if(a.kind==="choice"&&f.length>1){
for(const k of f)
(k).checked=k.value===g;
}else{
const r=String(t?$k(a,Number(g)):g);
const y=m||(document.activeElement===c&&c.type!=="range"&&Number(c.value)===Number(r));
if(!y&&c.value!==r)c.value=r;
if(a.kind==="slider")c.setAttribute("aria-valuetext",$s(a,g));
}
};
o();
return o;
}
function $w({program:r,figures:s},b){
const t=Object.keys(r.controls).filter((a)=>a.startsWith(`${b}.`));
const h=t.map((a)=>[a.slice(b.length+1),a]);
return{...Object.fromEntries(h),...s[b]?.names};
}
function $x(e,b,a){
const c=$w(e,b);
if(Object.hasOwn(c,a))return c[a];
const i=Object.keys(e.program.controls);
if(i.includes(a))return a;
const u=i.filter((g)=>!Object.values(c).includes(g));
throw new Error($j("control",a,[...Object.keys(c),...u]));
}
function $y(e,i,a){
if(i.includes(a))return a;
const h=new Set(i.filter((g)=>g.endsWith(`.${a}`)));
for(const b of Object.keys(e.figures)){
for(const[f,g]of Object.entries($w(e,b))){
if(`${b}.${f}`===a)return g;
if(f===a)h.add(g);
}
}
return h.size===1?[...h][0]:undefined;
}
function $z(e,b,m,n){
const c=$w(e,b);
const v=(a)=>(Object.hasOwn(c,a)?c[a]:a);
const j={};
for(const a of m){
const o=v(a)===a?a:Object.keys(c).find((f)=>c[f]===a);
if(o!==undefined)j[o]=n(a);
}
for(const[f,a]of Object.entries(c)){
if(m.includes(a)&& !Object.hasOwn(j,f))
Object.defineProperty(j,f,{value:n(a)});
}
return j;
}
function $A({nodes:w},p){
const k={};
for(const d of w){
if(d.kind==="value"){
for(const[q,l]of Object.entries(d.outputs))
k[q?`${d.name}.${q}`:d.name]=l;
}else if(d.kind==="simulation"){
k[`${d.name}.step`]="";
if(p&&p[d.name].step<d.recordEvery)continue;
for(const[x,{slot:l}]of Object.entries(d.records))
k[`${d.name}.${x}`]=l;
}
}
return k;
}
const $B=Symbol.for("explorable.store.1");
function $C(){
const f=((globalThis));
const b=f[$B]??(f[$B]=({}));
b.controls??=new Map();
b.modules??=new Map();
b.files??=new Map();
b.inline??={};
return b;
}
function $D(l,g,d){
const m=JSON.stringify({...g,slot:undefined,classSlot:undefined},(n,a)=>a&&typeof a==="object"&& !Array.isArray(a)?Object.fromEntries(Object.entries(a).sort()):a);
const{controls:h}=$C();
const i=`${l} ${m}`;
let c=h.get(i);
if(!c)h.set(i,(c={value:g.value,listeners:new Set()}));
const{listeners:e}=c;
e.add(d);
const j=c;
return{
value:j.value,tell(a){
j.value=a;
for(const k of e)if(k!==d)k(a);
},leave:()=>void e.delete(d)
};
}
const $I=Uint8Array.from("0 97 115 109 1 0 0 0 1 5 1 96 0 1 123 3 2 1 0 10 19 1 17 0 65 0 253 15 65 0 253 15 65 0 253 15 253 133 2 11".split(" "),Number);
function $E(c,a){
if(!/^[\w.-]+$/.test(a)||a.startsWith("."))
throw new Error(`'${a}' is not a file name`);
return new URL(a,c).href;
}
const $F=(f)=>Uint8Array.from(atob(f),(k)=>k.charCodeAt(0));
function $H(g,h,l){
let d=g.get(h);
if(!d){
d=l();
g.set(h,d);
d.catch(()=>g.delete(h));
}
return d;
}
async function $G(b){
const i=await fetch(b);
if(!i.ok)throw new Error(`${b.split("/").pop()} cannot be loaded (${i.status})`);
return i;
}
function $J(c,a){
const{files:m,inline:e}=$C();
if(Object.hasOwn(e,a))return Promise.resolve($F(e[a]));
const b=$E(c,a);
return $H(m,b,async()=>new Uint8Array(await(await $G(b)).arrayBuffer()));
}
function $K(c,{wasm:j,fast:n}){
const a=n&&j.relaxed&&WebAssembly.validate($I)?j.relaxed:j.plain;
const{modules:o,inline:e}=$C();
if(Object.hasOwn(e,a))return WebAssembly.compile($F(e[a]));
const b=$E(c,a);
return $H(o,b,async()=>{
try{
return await WebAssembly.compileStreaming($G(b));
}catch{
return WebAssembly.compile(await(await $G(b)).arrayBuffer());
}
});
}
function $L(c,a){
if(!a)return[];
const f=$C().inline[a];
const p=()=>URL.createObjectURL(new Blob([($F(f))],{type:"text/javascript"}));
return f===undefined?[()=>$E(c,a)]:[p];
}
const $M={
float32:[Float32Array,4,1],float64:[Float64Array,8,1],int8:[Int8Array,1,1],int16:[Int16Array,2,1],int32:[Int32Array,4,1],int64:[BigInt64Array,8,1],uint8:[Uint8Array,1,1],bool:[Uint8Array,1,1],complex64:[Float32Array,4,2],complex128:[Float64Array,8,2],float16:[Uint16Array,2,1],bfloat16:[Uint16Array,2,1]
};
const $O=(a,c)=>c.reduce((A,m)=>A*m,$M[a][2]);
function $N(w,g,e,a,c){
const x=Object.hasOwn($M,a)?$M[a]:null;
if(!x|| !c.every((m)=>Number.isSafeInteger(m)&&m>=0)){
throw new Error(`${w} has no known form: ${a} [${c}]`);
}
const[B,i]=x;
const y=$O(a,c);
const C=Number.isSafeInteger(e)&&e>=0&&e%i===0&&e+y*i<=g.byteLength;
if(!C)
throw new Error(`${w} (${a} [${c}] at ${e}) lies outside the ${g.byteLength} bytes there are`);
return new B(g,e,y);
}
class $V{
#a=new Map();
#b=new Map();
constructor(n,g){
if(g.byteLength!==n.memory){
throw new Error(`the module has ${g.byteLength} bytes of memory, its spec says ${n.memory}`);
}
this.buffer=g;
this.slots=n.slots;
for(const[j,[e,a,c]]of Object.entries(n.slots)){
this.#a.set(j,$N(`slot '${j}'`,g,e,a,c));
}
}
view(d){
const b=this.#a.get(d);
if(!b)throw new Error(`no slot '${d}'`);
return b;
}
bytes(d){
const b=this.view(d);
return new Uint8Array(this.buffer,b.byteOffset,b.byteLength);
}
read(d){
const b=this.view(d);
let h=this.#b.get(d);
if(!h){
const[,a,c]=this.slots[d];
const D=$R(a)?(b):a==="int64"?new Float64Array(b.length):new Float32Array(b.length);
h={data:D,shape:c,dtype:a};
this.#b.set(d,h);
}
if(h.data!==b)$P(h.dtype,b,h.data);
return h;
}
write(d,r){
const b=this.view(d);
if(r.length>b.length)
throw new Error(`${r.length} numbers do not fit slot '${d}'`);
for(let f=0;f<b.length;f++){
const z=Number(r[f]??0);
if(b instanceof BigInt64Array)b[f]=BigInt(z);
else b[f]=z;
}
}
clear(d){
const b=this.view(d);
if(b instanceof BigInt64Array)b.fill(0n);
else b.fill(b instanceof Float32Array||b instanceof Float64Array?NaN:0);
}
load({slot:[e,a,c],file:j,stored:k,start:o},s){
const i=$O(k,c)*$M[k][1];
if(!(o>=0&&o+i<=s.byteLength))
throw new Error(`'${j}' is too short: ${s.byteLength} bytes`);
const p=$N(`'${j}'`,(s.slice(o,o+i).buffer),0,k,c);
const q=$N(`an array of '${j}'`,this.buffer,e,a,c);
if(k===a)
new Uint8Array(this.buffer,e,i).set(new Uint8Array(p.buffer));
else $P(k,p,(q));
}
}
const $R=(a)=>a!=="int64"&&a!=="float16"&&a!=="bfloat16";
function $P(a,p,q){
const E=a==="float16"?$S:a==="bfloat16"?$T:Number;
for(let f=0;f<q.length;f++)q[f]=E((p[f]));
}
const $Q=new Uint32Array(1);
const $U=new Float32Array($Q.buffer);
function $T(l){
$Q[0]=l<<16;
return $U[0];
}
function $S(l){
const t=l&0x8000? -1:1;
const u=(l>>10)&31;
const v=l&1023;
if(u===31)return v?NaN:t*Infinity;
return u?t*2**(u-15)*(1+v/1024):t*2** -24*v;
}
const $W=()=>true;
function $X(d,e){
switch(d.kind){
case"choice":return[d.options.indexOf((e))];
case"text":return $q(d,(e));
case"points":return(e).flatMap((o)=>o.slice(0,2));
case"point":case"tensor":return(e);
default:return[(e)];
}
}
class $Y{
values={};
#a=new Set();
#d=new Map();
#h=new Map();
#e;
constructor(p,G,q){
const{memory:H,...I}=G;
this.program=p;
this.#e=(I);
this.memory=new $V(p,(H).buffer);
for(const b of p.nodes){
this.#a.add(b.name);
if(b.kind!=="simulation")continue;
this.#d.set(b.name,new undefined(b,this.memory));
const h=this.#f(b.needs);
const J=this.#f(b.restart);
this.#h.set(b.name,[...h].filter((a)=>!J.has(a)));
}
if(q.memory instanceof ArrayBuffer)this.#o((q));
else this.#p((q));
}
#p(w){
for(const i of this.program.arrays){
if(!w[i.file])throw new Error(`the file '${i.file}' is missing`);
this.memory.load(i,w[i.file]);
}
this.#i("init");
for(const[a,d]of Object.entries(this.program.controls)){
this.values[a]=d.value;
this.#g(a);
}
}
#o(j){
new Uint8Array(this.memory.buffer).set(new Uint8Array(j.memory));
this.values={...j.values};
this.#a=new Set(j.stale);
for(const[a,c]of j.runs)Object.assign(this.run(a),c);
}
set(a,K){
const r=this.program.controls;
if(!Object.hasOwn(r,a))
throw new Error($j("control",a,Object.keys(r)));
const d=r[a];
const e=$e(a,d,K);
if(d.kind==="button"){
for(const b of this.program.nodes){
if(b.kind!=="simulation"|| !b.needs.includes(a))continue;
const{presses:k}=this.run(b.name);
k[a]=(k[a]??0)+(e);
}
return e;
}
if(e===this.values[a])return e;
this.values[a]=e;
this.#g(a);
this.#b(a);
return e;
}
settle(L=$W){
const x=[];
for(const b of this.program.nodes){
if(!this.#a.has(b.name))continue;
if(b.kind==="figure"){
if(!L(b.name))continue;
this.#c(b.run);
x.push(b.name);
}else if(b.kind==="value"){
this.#c(b.run);
this.#b(b.name);
}else{
this.#c(b.init);
this.run(b.name).begin();
this.#b(b.name);
}
this.#a.delete(b.name);
}
return x;
}
run(a){
const c=this.#d.get(a);
if(!c)throw new Error($j("simulation",a,[...this.#d.keys()]));
return c;
}
restart(a){
this.run(a);
this.#a.add(a);
}
advance(a,y,s=$W){
this.settle(()=>false);
const c=this.run(a);
const z=c.node.steps??Infinity;
let l=0;
if(c.step<z&&y>0)this.#j(a,c);
while(l<y&&c.step<z&&s()){
this.#k(c,c.presses);
if(Object.keys(c.presses).length){
c.presses={};
this.#j(a,c);
}
l+=1;
}
if(l)this.#b(a);
return l;
}
seek(a,M,s=$W){
this.settle(()=>false);
const c=this.run(a);
const m=Math.max(0,Math.min(M,c.furthest));
if(m<c.step)c.restore(m);
const N={...this.values};
let t;
while(c.step<m&&s()){
const f=c.settingsAt(c.step+1);
if(f&&f!==t)this.#l(f);
t=f;
this.#k(c,f??{});
}
if(t)this.#l(N);
this.#b(a);
return c.step>=m;
}
slope(A,O){
this.settle(()=>false);
this.memory.write(A.element,[O]);
this.#c(A.run);
}
key(B){
const b=this.program.nodes.find(({kind:P,name:a})=>P==="figure"&&a===B);
if(b?.kind!=="figure")throw new Error(`no figure '${B}'`);
return this.#m(b.run);
}
save(){
const Q=[...this.#d].map(([a,c])=>([a,c.save()]));
return{
memory:this.memory.buffer.slice(0),values:this.values,stale:[...this.#a],runs:Q
};
}
get simulations(){
return[...this.#d.keys()];
}
#k(c,f){
const{node:b}=c;
c.writeStep(c.step+1);
const C=b.needs.filter((a)=>this.program.controls[a]?.kind==="button");
for(const a of C)this.#n(a,Number(f[a]??0));
const n=c.step===1&&b.first?b.first:c.recording&&b.record?b.record:b.step;
this.#c(n);
for(const a of C)this.#n(a,0);
if(c.recording)c.append();
c.keep();
}
#n(a,k){
const{slot:D}=this.program.controls[a];
if(D)this.memory.write(D,[k]);
}
#j(a,c){
const h=this.#h.get(a)??[];
const f={};
for(const d of h)f[d]=c.presses[d]??this.values[d];
const u=c.settingsAt(c.step+1);
if(u&&h.every((d)=>u[d]===f[d])&&c.trail[c.trail.length-1]?.settings===u)
return;
c.forget();
c.trail.push({step:c.step+1,settings:f});
}
#l(f){
for(const[a,e]of Object.entries(f)){
if(this.program.controls[a].kind==="button"||this.values[a]===e)continue;
this.values[a]=e;
this.#g(a);
this.#b(a);
}
for(const b of this.program.nodes){
if(b.kind!=="value"|| !this.#a.has(b.name))continue;
this.#c(b.run);
this.#b(b.name);
this.#a.delete(b.name);
}
}
#g(a){
const d=this.program.controls[a];
if(d.slot)this.memory.write(d.slot,$X(d,this.values[a]));
if(d.kind==="points"&&d.classSlot){
const R=((this.values[a]));
this.memory.write(d.classSlot,R.map((o,S)=>o[2]??d.classes?.[S]??0));
}
}
#b(a){
for(const b of this.program.nodes){
if((b.kind==="simulation"?b.restart:b.needs).includes(a))
this.#a.add(b.name);
}
}
#f(T){
const v=new Set();
for(const a of T){
if(Object.hasOwn(this.program.controls,a))v.add(a);
const b=this.program.nodes.find((U)=>U.name===a);
if(b?.kind==="value")
for(const d of this.#f(b.needs))v.add(d);
}
return v;
}
#m({statics:V}){
const W=V.map((a)=>{
const E=a.endsWith(".length")&& !Object.hasOwn(this.program.controls,a);
const d=E?a.slice(0,-".length".length):a;
return $p(this.program.controls[d],this.values[d],E);
});
return W.join("|");
}
#c(n){
const F=this.#m(n);
const g=n.entries[F];
if(g===undefined)throw new Error(`no entry for the settings '${F}'`);
this.#i(g);
}
#i(g){
const c=Object.hasOwn(this.#e,g)?this.#e[g]:undefined;
if(typeof c!=="function")throw new Error(`the module has no entry '${g}'`);
c();
}
}
function $aa(a,c,d){
const i=d();
const j=()=>d()-i<c.budget;
for(const[b,n]of Object.entries(c.set))a.set(b,n);
let e=0;
const o=c.pull?undefined(a,c.pull):{};
if(c.pull)e=d()-i;
for(const b of c.restart)a.restart(b);
const p=Object.entries(c.seek).flatMap(([b,g])=>a.seek(b,g,j)?[]:[b]);
for(const[b,k]of Object.entries(c.advance)){
a.settle(()=>false);
const h=d();
const l=a.advance(b,Math.min(1,k));
e=Math.max(e,d()-h);
if(l)a.advance(b,k-l,j);
}
const h=d();
const q=a.settle((f)=>c.figures.includes(f));
e=Math.max(e,d()-h);
return{
ran:Object.fromEntries(q.map((f)=>[f,a.key(f)])),runs:$Z(a),seeking:p,pulled:o,cost:e
};
}
function $Z(a){
const m={};
for(const b of a.simulations){
const{step:g,furthest:r,begun:s}=a.run(b);
m[b]={step:g,furthest:r,begun:s};
}
return m;
}
const $ab=()=>performance.now();
const $ac=5000;
async function $ag(b,g,w){
const{exports:x}=await WebAssembly.instantiate(g);
const h=new $Y(b.program,x,w);
return{
ask:(i)=>$aa(h,i,$ab),read:(c)=>h.memory.read(c),save:()=>h.save(),end(){}
};
}
function $ad(b){
const j=(d,k)=>{
if(typeof d==="string"&&Object.hasOwn(b.program.slots,d))k.add(d);
else if(d&&typeof d==="object")
for(const y of Object.values(d))j(y,k);
return k;
};
const l={"":[]};
for(const[z,{layouts:A,outputs:B}]of Object.entries(b.figures))
l[z]=[...j([A,B],new Set())];
for(const e of b.program.nodes){
if(e.kind!=="figure")
l[""].push(...j(e.kind==="value"?e.outputs:Object.values(e.records),new Set()));
}
return l;
}
async function $ah(b,g,C,r){
for(const D of C){
try{
const a=new Worker(D());
const f=$ae(a);
const E=r.save?.();
const F=f({program:b.program,slots:$ad(b),module:g,saved:E});
const G=new Promise((R,H)=>setTimeout(()=>H(new Error("the worker does not start")),$ac));
try{
await Promise.race([F,G]);
}catch(I){
a.terminate();
throw I;
}
return $af(a,f,r.read);
}catch{
}
}
return null;
}
function $ae(a){
const m=[];
a.onmessage=({data:n})=>{
const s=m.shift();
if(n.error===undefined)s?.resolve(n);
else s?.reject(new Error(n.error));
};
a.onerror=(t)=>{
t.preventDefault();
for(const{reject:o}of m.splice(0))
o(new Error(t.message||"the worker has stopped"));
};
return(J,K=[])=>new Promise((L,o)=>{
m.push({resolve:L,reject:o});
a.postMessage(J,K);
});
}
function $af(a,f,M){
const p=new Map();
let q=[];
return{
async ask(i){
const u=q;
q=[];
const{reply:N,readings:O}=await f({request:i,buffers:u},u.map(([,P])=>P));
for(const[c,Q]of O??[]){
const v=p.get(c);
if(v)q.push([c,(v.data.buffer)]);
p.set(c,Q);
}
return(N);
},read:(c)=>p.get(c)??M(c),end:()=>a.terminate()
};
}
const $ak={page:8,worker:14};
const $al=6;
const $ai=3;
const $am=0.25;
const $aj=new Map();
function $ap(m,j){
let q=$aj.get(j);
if(!q)$aj.set(j,(q=new $an(m,j)));
return q;
}
const $ao=()=>matchMedia("(prefers-reduced-motion: reduce)").matches;
class $an{
views=new Set();
values={};
runs={};
playing=new Set();
sweeping=new Map();
keys={};
#a=null;
#r=null;
#s=null;
#c=null;
#k={};
#f={};
#h=new Set();
#d={};
#b={};
#t={};
#l;
#n=new Set();
#i=[];
#o=true;
#p=false;
#g=false;
#j=0;
#u=0;
constructor(m,j){
this.spec=m;
this.url=j;
for(const[a,c]of Object.entries(m.program.controls)){
this.values[a]=c.value;
if(!c.shared)continue;
const r=$D(a,c,(f)=>this.#m(a,f));
this.#k[a]=r;
if(r.value!==c.value)this.#m(a,r.value);
}
for(const g of this.simulations){
this.runs[g.name]={step:0,furthest:0,begun:0};
if(g.play&& !$ao())this.playing.add(g.name);
}
document.addEventListener("visibilitychange",()=>this.wake());
}
get simulations(){
return this.spec.program.nodes.filter((g)=>g.kind==="simulation");
}
show(b){
this.views.add(b);
if(this.#c)b.fail(this.#c);
else if(b.figure in this.keys)queueMicrotask(()=>b.draw(this.keys[b.figure]));
}
still(){
this.playing.clear();
this.sweeping.clear();
this.#e();
}
look(){
this.#o=true;
if([...this.views].some((b)=>b.visible))this.start();
this.wake();
}
hide(b){
this.views.delete(b);
this.wake();
}
start(){
this.#s??=this.#y().catch((e)=>this.#q(e));
return this.#s;
}
async #y(){
const{program:s}=this.spec;
const D=[...new Set(s.arrays.map(({file:M})=>M))];
const[E,...N]=await Promise.all([$K(this.url,s),...D.map((a)=>$J(this.url,a))]);
this.#r=E;
const O=Object.fromEntries(D.map((a,P)=>[a,N[P]]));
const i=await $ag(this.spec,E,O);
this.#a=(s.heavy&&(await this.#v(i)))||i;
this.wake();
}
async set(u,v=""){
const{controls:Q}=this.spec.program;
const F={};
const G={};
for(const[a,R]of Object.entries(u)){
const w=$x(this.spec,v,a);
G[w]=F[a]=$e(w,Q[w],R);
}
for(const[a,f]of Object.entries(G)){
this.#m(a,f);
this.#k[a]?.tell(f);
}
if(v)this.#n.add(v);
await this.#z();
return F;
}
pull(H){
for(const a of H.drag.controls)this.sweeping.delete(a);
this.#l=H;
this.wake();
}
#m(a,f){
if(this.spec.program.controls[a].kind==="button"){
this.#f[a]=Number(this.#f[a]??0)+Number(f);
}else{
this.values[a]=this.#f[a]=f;
}
for(const b of this.views)b.refresh();
this.wake();
}
#z(){
if(this.#c)return Promise.reject(this.#c);
return new Promise((x,y)=>{
this.#i.push({resolve:x,reject:y});
this.start().then(()=>this.wake());
});
}
play(a,I){
const g=this.simulations.find((S)=>S.name===a);
const T=this.runs[a];
if(I&&g?.steps&&T.step>=g.steps)this.#h.add(a);
if(I)this.playing.add(a);
else this.playing.delete(a);
this.#e();
}
step(a,z){
this.playing.delete(a);
const{step:n,furthest:U}=this.runs[a];
if(z<0||n<U)this.#d[a]=Math.max(0,n+z);
else this.#b[a]=(this.#b[a]??0)+z;
this.#e();
}
advance(a){
this.#b[a]=(this.#b[a]??0)+1;
this.#e();
}
seek(a,n){
this.playing.delete(a);
this.#d[a]=n;
this.#e();
}
reset(a){
delete this.#d[a];
this.#h.add(a);
this.#e();
}
sweep(a,V){
const c=this.spec.program.controls[a];
if(V&&c.kind==="slider"){
this.sweeping.set(a,{t:$k(c,Number(this.values[a])),direction:1});
}else this.sweeping.delete(a);
this.#e();
}
#e(){
for(const b of this.views)b.refresh();
this.wake();
}
read(W){
if(!this.#a)throw new Error("the figure is not loaded yet");
return this.#a.read(W);
}
get ready(){
return this.#a!==null;
}
wake(){
if(!this.#a||this.#g||this.#p||this.#c|| !this.#A())return;
this.#p=true;
if(document.hidden)setTimeout(()=>this.#w(performance.now()));
else requestAnimationFrame((o)=>this.#w(o));
}
#A(){
const u=[this.#f,this.#d,this.#b].some((X)=>Object.keys(X).length>0);
return(u||this.#l!==undefined||this.#h.size>0||this.#i.length>0||this.#o||this.#x());
}
#x(){
if(document.hidden|| ![...this.views].some((b)=>b.visible))return false;
return this.sweeping.size>0||this.playing.size>0;
}
#w(o){
this.#p=false;
if(!this.#a||this.#c)return;
const p=Math.min($am,Math.max(0,(o-this.#u)/1000));
this.#u=o;
if(this.#x())this.#B(p);
const J={
set:this.#f,restart:[...this.#h],seek:this.#d,advance:this.#b,pull:this.#l,figures:[...new Set([...this.views].filter((b)=>b.visible).map((b)=>b.figure)),...this.#n],budget:$ak[this.#a.save?"page":"worker"]
};
const k=this.#i;
this.#o=false;
this.#f={};
this.#b={};
this.#d={};
this.#l=undefined;
this.#h=new Set();
this.#n=new Set();
this.#i=[];
this.#g=true;
const K=(d)=>{
this.#g=false;
for(const[a,f]of Object.entries(d.pulled)){
this.values[a]=f;
this.#k[a]?.tell(f);
}
for(const a of d.seeking)this.#d[a]??=J.seek[a];
this.#C(d);
for(const{resolve:x}of k)x();
this.#D(d.cost);
this.wake();
};
try{
const d=this.#a.ask(J);
if(d instanceof Promise)d.then(K).catch((e)=>this.#q(e,k));
else K(d);
}catch(e){
this.#q(e,k);
}
}
#B(p){
for(const[a,h]of this.sweeping){
const c=this.spec.program.controls[a];
if(c.kind!=="slider"|| !c.play)continue;
h.t=$a(0,1,h.t+(h.direction*p)/c.play);
if(h.t===0||h.t===1)h.direction=h.t? -1:1;
this.#m(a,$e(a,c,$l(c,h.t)));
this.#k[a]?.tell(this.values[a]);
}
for(const{name:a,rate:A,steps:l}of this.simulations){
if(!this.playing.has(a))continue;
const B=A?(this.#t[a]??1)+p*A:Infinity;
this.#t[a]=A?B%1:0;
if(B>=1)this.#b[a]=Math.floor(B);
if(l&&this.runs[a].step>=l)this.playing.delete(a);
}
}
#C(d){
this.runs=d.runs;
for(const{name:a,steps:l}of this.simulations){
if(l&&this.runs[a].step>=l)this.playing.delete(a);
}
Object.assign(this.keys,d.ran);
for(const b of this.views){
try{
if(b.figure in d.ran)b.draw(d.ran[b.figure]);
b.refresh();
}catch(e){
this.views.delete(b);
b.fail((e));
}
}
}
#D(Y){
const i=this.#a;
if(!i?.save||this.#j>$ai)return;
this.#j=Y>$al?this.#j+1:0;
if(this.#j!==$ai)return;
this.#j+=1;
this.#g=true;
this.#v(i).then((L)=>{
this.#g=false;
if(L)this.#a=L;
this.wake();
});
}
#v(i){
const Z=$L(this.url,this.spec.parts?.worker);
return $ah(this.spec,(this.#r),Z,i);
}
#q(C,k=[]){
const e=C instanceof Error?C:new Error(String(C));
this.#c=e;
this.#g=false;
for(const b of this.views)b.fail(e);
for(const{reject:y}of[...k,...this.#i.splice(0)])y(e);
}
}
const $ar=[6,4];
const $as=[];
const $at=2*Math.PI;
function $ax(a,q,g,n){
a.setTransform(n,0,0,n,0,0);
for(const h of q.panels){
for(const b of h.shapes){
if(b.kind==="text")continue;
const o=b.kind==="raster"? !b.free:b.clip;
if(o){
a.save();
a.beginPath();
a.rect(h.x,h.y,h.width,h.height);
a.clip();
}
$au(a,b,g);
if(o)a.restore();
}
}
a.globalAlpha=1;
}
function $au(a,b,g){
if(b.kind==="raster")return $av(a,b);
const k=g[b.paint];
a.globalAlpha=b.opacity??1;
if(b.kind==="path"){
$aw(a,b.points,b.starts,Boolean(b.closed&&b.fill));
if(b.fill){
a.fillStyle=g[b.fill];
a.fill();
}
if(b.width>0){
a.strokeStyle=k;
a.lineWidth=b.width;
a.lineJoin=b.width>1?"round":"miter";
a.setLineDash(b.dash?$ar:$as);
a.stroke();
}
}else if(b.kind==="rects"){
a.fillStyle=k;
const{boxes:i}=b;
a.beginPath();
for(let c=0;c<i.length;c+=4)
a.rect(i[c],i[c+1],i[c+2],i[c+3]);
a.fill();
}else{
const{points:d,radius:p,paints:j}=b;
a.fillStyle=k;
if(!j)a.beginPath();
for(let c=0;c<d.length;c+=2){
if(j){
a.fillStyle=g[`c${j[c/2]}`];
a.beginPath();
}
a.moveTo(d[c]+p,d[c+1]);
a.arc(d[c],d[c+1],p,0,$at);
if(j)a.fill();
}
if(!j)a.fill();
}
}
function $aw(a,d,f,r){
a.beginPath();
for(let e=0;e<f.length;e++){
const s=e+1<f.length?f[e+1]:d.length/2;
a.moveTo(d[2*f[e]],d[2*f[e]+1]);
for(let c=f[e]+1;c<s;c++)a.lineTo(d[2*c],d[2*c+1]);
if(r)a.closePath();
}
}
let $aq=null;
function $av(a,{x:t,y:u,width:v,height:w,rows:l,columns:m,rgba:x,smooth:y}){
$aq??=document.createElement("canvas");
if($aq.width!==m||$aq.height!==l)
[$aq.width,$aq.height]=[m,l];
const z=($aq.getContext("2d"));
z.putImageData(new ImageData((x),m,l),0,0);
a.globalAlpha=1;
a.imageSmoothingEnabled=Boolean(y);
a.drawImage($aq,t,u,v,w);
}
const $aJ= /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnoxX%])?$/su;
const $az=100;
const $aB=25;
const $aC=new Map();
function $aK(a){
const H=$aC.get(a);
if(H)return H;
const I=$aJ.exec(a);
if(!I)throw new Error(`unknown format '${a}'`);
const[,t,J,x,Q,R,y,S,T,n,l]=I;
const m={
fill:t??(y&& !J?"0":" "),align:J??(y?"=":">"),sign:x??"-",noNegativeZero:Boolean(Q),alternate:Boolean(R),zero:Boolean(y),width:Number(S??0),group:T??"",precision:n===undefined? -1:Number(n),type:l??""
};
$aC.set(a,m);
return m;
}
function $aQ(U,a,z=0){
const{data:A,dtype:B}=U;
const m=$aK(a);
if(B.startsWith("complex")){
return $aL(Number(A[2*z]),Number(A[2*z+1]),m);
}
const e=Number(A[z]);
if(B==="bool"&&a==="")return e?"True":"False";
const f= !B.includes("float");
return f&&"dnxXobc".includes(m.type)?$aM(e,m):$aN(e,m);
}
function $aM(e,a){
const C=({x:16,X:16,o:8,b:2})[a.type]??10;
if(a.type==="c")return $ay("",String.fromCodePoint(e),"",a);
let d=BigInt(Math.abs(e)).toString(C);
if(a.type==="X")d=d.toUpperCase();
const V=a.alternate&&C!==10?`0${a.type}`:"";
return $ay($aA(e<0,a)+V,d,"",a,C===10?3:4);
}
function $aN(e,a){
const K=a.type==="%";
const d=$aD(K?e*100:e,a,true);
return $ay($aA($aE(e,d,a),a),...$aF(d),a,3,K?"%":"");
}
function $aL(L,M,a){
const W={...a,width:0};
const D=(e,x)=>{
const d=$aD(e,a,false);
return $ay($aA($aE(e,d,a),{...a,sign:x}),...$aF(d),W,3);
};
let c="";
if(a.type===""&&Object.is(L,0))c=`${D(M,a.sign)}j`;
else{
c=`${D(L,a.sign)}${D(M,"+")}j`;
if(a.type==="")c=`(${c})`;
}
return $ay("",c,"",a,0);
}
function $aE(e,d,a){
if(!(e<0||Object.is(e,-0)))return false;
return!(a.noNegativeZero&& !/[1-9a-df-m]/.test(d));
}
const $aA=(Y,a)=>(Y?"-":a.sign==="-"?"":a.sign);
function $aD(e,a,i){
const l=a.type.toLowerCase();
const q=Math.abs(e);
let c;
if(Number.isNaN(e))c="nan";
else if(q===Infinity)c="inf";
else if(l==="f"||l==="%")
c=$aG(q,a.precision<0?6:a.precision);
else if(l==="e")c=$aH(q,a.precision<0?6:a.precision);
else if(l===""&&a.precision<0)return $aO(q,i);
else
c=$aP(q,a.precision<0?6:a.precision||1,a,i&&l==="");
if(a.alternate&&Number.isFinite(e)&& !c.includes("."))
c=c.replace(/(?=e|$)/,".");
return a.type==="E"||a.type==="F"||a.type==="G"?c.toUpperCase():c;
}
function $aG(h,d){
if(h>=1e21)return BigInt(h).toString()+(d?`.${"0".repeat(d)}`:"");
const r=Math.min(d,$az);
const u=h.toFixed(Math.min(r+$aB,$az));
const c=$aI(u,u.indexOf(".")+1+r,r?0:1)??h.toFixed(r);
return c+"0".repeat(d-r);
}
function $aH(h,d){
const u=h.toExponential(Math.min(d+$aB,$az));
const[p,k]=u.split("e");
const N=$aI(p,2+d,d?0:1);
const[s,g]=N===null?h.toExponential(d).split("e"):[N,k];
return`${s}e${g[0]}${g.slice(1).padStart(2,"0")}`;
}
function $aI(d,j,i){
if(!/^50*$/.test(d.slice(j)))return null;
const E=d.slice(0,j-i);
return Number(E[E.length-1])%2===0?E:null;
}
function $aP(h,n,a,i){
const Z=$aH(h,n-1);
const[p,k]=Z.split("e");
const g=Number(k);
const O=g>= -4&&g<n-(i?1:0);
let c=O?$aG(h,n-1-g):p;
if(!a.alternate&&c.includes("."))c=c.replace(/\.?0+$/,"");
if(O)return i&& !c.includes(".")?`${c}.0`:c;
return`${c}e${k}`;
}
function $aO(h,i){
const[p,k]=h.toExponential().split("e");
const g=Number(k);
if(h!==0&&(g< -4||g>=16)){
return`${p}e${k[0]}${k.slice(1).padStart(2,"0")}`;
}
const d=p.replace(".","");
if(g<0)return`0.${"0".repeat(-g-1)}${d}`;
const f=d.slice(0,g+1).padEnd(g+1,"0");
const v=d.slice(g+1);
return v?`${f}.${v}`:f+(i?".0":"");
}
function $aF(c){
const j=c.search(/[^0-9]/);
return j<0?[c,""]:j===0?[c,""]:[c.slice(0,j),c.slice(j)];
}
function $ay(s,f,v,a,F=3,j=""){
const G=v+j;
if(a.group&&F&& /^[0-9a-fA-F]+$/.test(f)){
if(a.fill==="0"&&a.align==="="){
const aa=a.width-s.length-G.length;
while(f.length+Math.floor((f.length-1)/F)<aa)f=`0${f}`;
}
f=f.replace(new RegExp(`\\B(?=(?:.{${F}})+$)`,"g"),a.group);
}
const c=s+f+G;
const w=a.width-[...c].length;
if(w<=0)return c;
const P=a.align==="<"?0:a.align==="^"?Math.floor(w/2):w;
const t=a.fill.repeat(P);
if(a.align==="=")return s+t+f+G;
return t+c+a.fill.repeat(w-P);
}
const $aT=[[222,"ijl'|"],[278," !,./:;I[]\\ft·"],[340,'()-r`{}"°²³¹⁰⁴⁵⁶⁷⁸⁹⁻ιἰ'],[500,"cksvxyzJγνς"],[584,"+<=>~−×±≈≤≥^"],[611,"FTZξζ"],[667,"ABEKPSVXY&"],[722,"CDHNRUwφπψΩ"],[778,"GOQΘω∞"],[850,"Mm%—→←↑↓"],[980,"W@…"]];
const $aS=556;
const $aU=1.1;
const $aV=1.05;
const $aW=new Map($aT.flatMap(([q,d])=>[...d].map((f)=>[f,q])));
function $aX(f){
const n=$aW.get(f);
if(n!==undefined)return n;
const c=(f.codePointAt(0));
if(c<0x300)return $aS;
if(c<0x370)return 0;
if(c>=0xb80&&c<0xc00)
return c===0xbcd||c===0xbc0?0:c>=0xbbe&&c<0xbcd?560:960;
return c>=0x2e80?1000:$aS+40;
}
function $aR(a,b,j=400){
let o=0;
for(const f of a)o+=$aX(f);
return($aV*o*b*(j>500?$aU:1))/1000;
}
const $bb=(a,r)=>a.map((e)=>(typeof e==="string"?e:$aQ(r(e.slot),e.format))).join("");
function $bc(a,b,p){
if($aR(a,b)<=p)return a;
const d=[...a];
while(d.length&&$aR(`${d.join("")}…`,b)>p)d.pop();
return d.length?`${d.join("")}…`:"";
}
const $bd=(a)=>a.map((e)=>(typeof e==="string"?e:"00.00")).join("");
function $be(a,b,s,j){
const g=[];
for(const k of a.split(" ")){
const l=g.length-1;
if(l>=0&&$aR(`${g[l]} ${k}`,b,j)<=s)
g[l]+=` ${k}`;
else g.push(k);
}
return g;
}
const $aY="⁰¹²³⁴⁵⁶⁷⁸⁹";
function $aZ(h){
const m=[...String(Math.abs(h))].map((t)=>$aY[Number(t)]);
return`10${h<0?"⁻":""}${m.join("")}`;
}
const $ba=(i,m)=>i.toFixed(m).replace(/^-(?!0\.?0*$)/,"−").replace(/^-/,"");
function $bf(i){
const b=Math.abs(i);
if(b===0)return"0";
if(b>=1e5||b<1e-3){
const h=Math.floor(Math.log10(b));
return`${$ba(i/10**h,1)}×${$aZ(h)}`;
}
return String(Number(i.toPrecision(3))).replace("-","−");
}
const $bi=20;
const $bg=1e-9;
function $bh(k){
const l=10**Math.floor(Math.log10(k));
const f=k/l;
return l*(f<=1+$bg?1:f<=2+$bg?2:f<=5+$bg?5:10);
}
function $bj(a,b,g){
if(!(a<=b))return g==="log"?[1,10]:[0,1];
if(g==="log"){
if(b/a<100)return[$bk(a),$bh(Math.max(b,a*1.5))];
return[10**Math.floor(Math.log10(a)+$bg),10**Math.ceil(Math.log10(b)-$bg)];
}
if(a===b){
const q=a===0?1:Math.abs(a)/2;
return $bj(a-q,b+q,g);
}
const e=$bh((b-a)/$bi);
const n=Math.max(0,2-Math.floor(Math.log10(e)));
const r=(h)=>n<=100?Number((h*e).toFixed(n)):h*e;
return[r(Math.floor(a/e+$bg)),r(Math.ceil(b/e-$bg))];
}
function $bk(k){
const l=10**Math.floor(Math.log10(k)+$bg);
const f=k/l+$bg;
return l*(f>=5?5:f>=2?2:1);
}
function $bl([a,b],e){
const p=Math.max(Math.abs(a),Math.abs(b));
const c=Math.floor(Math.log10(p));
const s=p>=1e5||(e<1e-4&&p<1e-2);
const t=s?10**c:1;
const n=Math.max(0,-Math.floor(Math.log10(e/t)+$bg));
const d=[];
for(let h=Math.ceil(a/e-$bg);h*e<=b+e*$bg;h++){
const o=$ba((h*e)/t,Math.min(n,20));
d.push({
value:h*e,label:!s?o:h?`${o}×${$aZ(c)}`:"0"
});
}
return d;
}
function $bm(i){
const c=Math.floor(Math.log10(i)+$bg);
if(c>= -3&&c<=4)return $ba(i,Math.max(0,-c));
const f=Math.round(i/10**c);
return f===1?$aZ(c):`${f}×${$aZ(c)}`;
}
function $bn([a,b],j){
const u=Math.log10(b/a);
const y=u*3<=j?[1,2,5]:[1];
const z=Math.max(1,Math.ceil(u/j));
const d=[];
for(let c=Math.floor(Math.log10(a));
10**c<=b*(1+$bg);
c++){
if(c%z)continue;
for(const f of y){
const i=c<0?f/10** -c:f*10**c;
if(i>=a*(1-$bg)&&i<=b*(1+$bg))
d.push({value:i,label:$bm(i)});
}
}
return d;
}
function $bp(m,g,v,A,B){
let j=Math.max(2,Math.floor(v/A));
for(;j>=1;j--){
const d=g==="log"?$bn(m,j):$bl(m,$bh((m[1]-m[0])/j));
const C=Math.max(0,...d.map(({label:o})=>B(o)));
if(d.length<2||C*(d.length-1)<=v*$bo(d,m,g))
return d;
}
return[];
}
function $bo(d,[a,b],g){
const[w,x]=[d[0].value,d[d.length-1].value];
return g==="log"?Math.log(x/w)/Math.log(b/a):(x-w)/(b-a);
}
const $bq=12;
const $bA=8;
const $bB=14;
const $bC=26;
const $br={across:60,up:38};
const $bD=13;
const $bE=26;
const $bu=2;
const $bv=(b)=>$aR(b,$bq)+$bB;
const $bw=()=>$bC;
function $bF({marks:B},{typed:C}){
const f=(B.find((t)=>t.kind==="heatmap"&&(t.rows||t.columns)));
const z=(h)=>(h?(Array.isArray(h)?h:[...C(h.text)]):null);
return{rows:z(f?.rows),columns:z(f?.columns)};
}
function $bI(q,k){
const m=q?$bp(q.yRange,q.yScale,q.length,$br.up,$bw).map(({label:b})=>b):(k??[]);
if(!m.length)return 0;
return Math.ceil((Math.max(...m.map((b)=>$aR(b,$bq)))+10)/$bu)*$bu;
}
const $bs=(D)=>Math.round(D-0.5)+0.5;
function $bJ(a,n,r,E){
const{x:c,y:e,width:l,height:i}=a;
if(E)return $bG(a,n,r);
const o=(n.marks.find((f)=>f.kind==="bars"));
const p=o?$bH(a,o,r):$bp(a.xRange,a.xScale,l,$br.across,$bv);
const k=$bp(a.yRange,a.yScale,i,n.aspect==="equal"?$br.across:$br.up,$bw);
const F=o?[]:p;
$bx(a,[...F.map(({value:g})=>$by(a,a.across(g))),...k.map(({value:g})=>$bz(a,a.up(g)))],"grid");
const G=a.xScale==="linear"&&a.xRange[0]<=0&&a.xRange[1]>=0&& !o;
const H=a.yScale==="linear"&&a.yRange[0]<=0&&a.yRange[1]>=0;
$bx(a,[$by(a,G?a.across(0):c),$bz(a,H?a.up(0):e+i)].slice(o?1:0),"frame");
for(const{value:g,label:b}of p){
const I=c+l+$bD-$aR(b,$bq)/2;
$bt(a,Math.min(I,a.across(g)),e+i+17,b,"middle");
}
for(const{value:g,label:b}of k)
$bt(a,c-8,a.up(g)+0.36*$bq,b,"end");
}
const $by=({y:e,height:i},c)=>[$bs(c),e,$bs(c),e+i];
const $bz=({x:c,width:l},e)=>[c,$bs(e),c+l,$bs(e)];
function $bx(a,h,J){
a.shapes.push({
kind:"path",points:Float32Array.from(h.flat()),starts:h.map((K,d)=>2*d),paint:J,width:1,clip:false
});
}
function $bt(a,c,e,L,M,j=$bq){
a.shapes.push({kind:"text",x:c,y:e,text:L,size:j,anchor:M,paint:"soft"});
}
function $bH(a,f,{read:A}){
const{places:s,gap:N}=undefined(f,A);
if(!f.labels&&(f.x||s.length>12))
return $bp(a.xRange,a.xScale,a.width,$br.across,$bv);
const u=Math.abs(a.across(s[0]+N)-a.across(s[0]))-4;
const m=s.map((g,d)=>{
const b=f.labels?$bb(f.labels[d]??[],A):String(d);
return{value:g,label:u<$bE?b:$bc(b,$bq,u)};
});
const O=Math.max(1,Math.ceil(Math.max(...m.map(({label:b})=>$aR(b,$bq)))/u));
return m.filter((K,d)=>d%O===0);
}
function $bG(a,n,r){
const{rows:k,columns:p}=$bF(n,r);
const{x:c,y:e,width:l,height:i,xRange:v,yRange:w}=a;
const x=l/(v[1]-v[0]);
const y=i/(w[1]-w[0]);
const j=Math.max($bA,Math.min($bq,Math.round(x),Math.round(y)));
const P=Math.max(1,Math.ceil((j-1)/y));
const Q=Math.max(0,...(p??[]).map((b)=>$aR(b,j)));
const R=Math.max(1,Math.ceil(Q/x));
for(const[d,b]of(k??[]).entries()){
if(d%P===0&&d<w[1])
$bt(a,c-7,e+(d+0.5)*y+0.34*j,b,"end",j);
}
for(const[d,b]of(p??[]).entries()){
if(d%R===0&&d<v[1])
$bt(a,c+(d+0.5)*x,e-6,b,"middle",j);
}
}
const $bL=1e6;
function $bM([f,g],t,c,p){
if(t==="log"){
const q=Math.log(f);
const n=(p-c)/(Math.log(g)-q);
return(h)=>(h>0?c+(Math.log(h)-q)*n:NaN);
}
const n=(p-c)/(g-f);
return(h)=>c+(h-f)*n;
}
class $bN{
shapes=[];
handles=[];
taken=[];
constructor({x:a,y:b,width:d,height:e},{xRange:i,yRange:j,xScale:k,yScale:l}){
this.x=a;
this.y=b;
this.width=d;
this.height=e;
this.xRange=i;
this.yRange=j;
this.xScale=k;
this.yScale=l;
this.across=$bM(i,k,a,a+d);
this.up=$bM(j,l,b+e,b);
}
holds(a,b,m=0.5){
return(a>=this.x-m&&a<=this.x+this.width+m&&b>=this.y-m&&b<=this.y+this.height+m);
}
box([u,v],[f,g]){
const c=$bK(this.across(u));
const r=$bK(this.up(g));
return{
x:c,y:r,width:$bK(this.across(v))-c,height:$bK(this.up(f))-r
};
}
handle(w,{edit:x,drag:s,name:y},z,{x:a,y:b,width:d,height:e}){
const o=x?.control??s?.controls.join(" ");
if(o!==undefined)
this.handles.push({
kind:s?"drag":w,control:o,label:y??o,x:a,y:b,width:d,height:e,mark:z
});
}
panel(){
const{x:a,y:b,width:d,height:e,xRange:i,yRange:j,xScale:k,yScale:l,shapes:A,handles:B}=this;
return{x:a,y:b,width:d,height:e,xRange:i,yRange:j,xScale:k,yScale:l,shapes:A,handles:B};
}
}
const $bK=(C)=>Math.min($bL,Math.max(-$bL,C));
class $bO{
xLow=Infinity;
xHigh= -Infinity;
yLow=Infinity;
yHigh= -Infinity;
tightX=false;
tightY=false;
constructor(g,h){
this.xLog=g;
this.yLog=h;
}
x(a){
if(!Number.isFinite(a)||(this.xLog&&a<=0))return;
if(a<this.xLow)this.xLow=a;
if(a>this.xHigh)this.xHigh=a;
}
y(b){
if(!Number.isFinite(b)||(this.yLog&&b<=0))return;
if(b<this.yLow)this.yLow=b;
if(b>this.yHigh)this.yHigh=b;
}
rectangle(a,b){
this.tightX=this.tightY=true;
for(const e of a)this.x(e);
for(const e of b)this.y(e);
}
}
function $bP(f,d){
for(let c=0;c<d.length;c+=2){
if(Number.isFinite(d[c])&&Number.isFinite(d[c+1])){
f.x(d[c]);
f.y(d[c+1]);
}
}
}
const $bQ={few:4,many:2.5,held:6};
const $bT=60;
const $bR=8;
const $bS=11;
const $bU=40;
const $bW={
extent:(c,k,r)=>$bP(r,k(c.xy).data),draw(c,{read:k,frame:a,paint:l,index:o}){
const{data:d}=k(c.xy);
const e=d.length/2;
const p=c.labels?k(c.labels).data:null;
const f=new Float32Array(d.length);
const m=p?new Uint8Array(e):undefined;
let g=0;
for(let b=0;b<e;b++){
const h=a.across(d[2*b]);
const i=a.up(d[2*b+1]);
if(!a.holds(h,i))continue;
if(m&&p)m[g]=((Number(p[b])%$bR)+$bR)%$bR;
f[2*g]=h;
f[2*g++ +1]=i;
}
const j=c.size??(c.edit||c.drag?$bQ.held:e>$bT?$bQ.many:$bQ.few);
a.shapes.push({
kind:"dots",points:f.subarray(0,2*g),radius:j,paint:l,clip:false,...(e>$bT?{opacity:0.75}:{}),...(m?{paints:m}:{})
});
if(e<=$bU){
for(let b=0;b<g;b++)
a.taken.push({
x:f[2*b]-j,y:f[2*b+1]-j,width:2*j,height:2*j
});
}
if(c.edit||c.drag)$bV(c,d,a,o,null);
}
};
function $bV(c,n,a,o,l){
if(!c.edit&& !c.drag)return;
const q=new Float32Array(n.length);
for(let b=0;b<n.length/2;b++){
const h=Math.min(a.x+a.width,Math.max(a.x,a.across(n[2*b])||0));
const i=Math.min(a.y+a.height,Math.max(a.y,a.up(n[2*b+1])||0));
q[2*b]=h;
q[2*b+1]=i;
a.handle("point",c,o,{x:h,y:i,width:2*$bS,height:2*$bS});
}
if(l)
a.shapes.push({
kind:"dots",points:q,radius:$bS,paint:l,opacity:0.18,clip:false
});
}
const $bZ=8;
const $cc=4;
let $bX=new Float32Array(4096);
let $bY=0;
let $ca=[];
class $cd{
#a=false;
#b=NaN;
#c=NaN;
constructor({x:c,y:a,width:D,height:E}){
this.left=c-$bZ;
this.right=c+D+$bZ;
this.top=a-$bZ;
this.bottom=a+E+$bZ;
$bY=0;
$ca=[];
}
lift(){
this.#a=false;
this.#b=NaN;
}
to(c,a){
if(!(Number.isFinite(c)&&Number.isFinite(a)))return this.lift();
const[t,F]=[this.#b,this.#c];
this.#b=c;
this.#c=a;
if(t!==t){
this.#a=false;
return;
}
this.#d(t,F,c,a);
}
#d(h,i,G,H){
const[o,p]=[G-h,H-i];
let e=0;
let f=1;
for(let d=0;d<4;d++){
const j=d===0? -o:d===1?o:d===2? -p:p;
const u=d===0?h-this.left:d===1?this.right-h:d===2?i-this.top:this.bottom-i;
if(j===0&&u<0)e=2;
else if(j<0)e=Math.max(e,u/j);
else if(j>0)f=Math.min(f,u/j);
}
if(e>f){
this.#a=false;
return;
}
if(!this.#a||e>0){
$ca.push($bY/2);
$cb(h+e*o,i+e*p);
}
$cb(h+f*o,i+f*p);
this.#a=f===1;
}
trace(k,q,r,v,I){
this.lift();
const J=v>$cc*k.width;
let s=NaN;
let[w,x,l,m,n]=[0,0,0,0,0];
const g=(b)=>this.to(k.across(q[r+2*b]),k.up(q[r+2*b+1]));
const A=()=>{
if(s!==s)return;
const[y,z]=l<m?[l,m]:[m,l];
if(y<n)g(y);
if(z!==y&&z<n)g(z);
g(n);
};
for(let b=0;b<v;b++){
if(!J){
g(b);
continue;
}
const a=k.up(q[r+2*b+1]);
const B=Math.floor(k.across(q[r+2*b]));
if(B!==s||a!==a){
A();
g(b);
s=a===a?B:NaN;
w=x=a;
l=m=n=b;
}else{
if(a<w)[w,l]=[a,b];
if(a>x)[x,m]=[a,b];
n=b;
}
}
A();
if(I&&v>2)g(0);
}
take(){
return{points:$bX.slice(0,$bY),starts:$ca};
}
}
function $cb(c,a){
if($bY+2>$bX.length){
const C=new Float32Array(2*$bX.length);
C.set($bX);
$bX=C;
}
$bX[$bY++]=c;
$bX[$bY++]=a;
}
const $ce=11;
const $cf=4.5;
const $cg=40;
const $ch={
extent:(d,p,y)=>$bP(y,p(d.xy).data),draw(d,{read:p,frame:b,paint:j,index:z}){
const{data:c}=p(d.xy);
const g=c.length/4;
const t=g>$cg?0.6:1;
const k=new $cd(b);
const q=new Float32Array(6*g);
const u=[];
let l=0;
for(let a=0;a<g;a++){
const r=b.across(c[4*a]);
const s=b.up(c[4*a+1]);
const e=b.across(c[4*a+2]);
const f=b.up(c[4*a+3]);
const h=Math.hypot(e-r,f-s);
if(!(h>0.5&&h<Infinity))continue;
const i=Math.min($ce*t,h*0.7);
const[m,n]=[(e-r)/h,(f-s)/h];
const[v,w]=[e-i*m,f-i*n];
k.lift();
k.to(r,s);
k.to(e-0.8*i*m,f-0.8*i*n);
if(!b.holds(e,f,$ce))continue;
const o=(i/$ce)*$cf;
u.push(l/2);
for(const[A,B]of[[e,f],[v-o*n,w+o*m],[v+o*n,w-o*m]]){
q[l++]=A;
q[l++]=B;
}
}
b.shapes.push({
kind:"path",...k.take(),paint:j,width:t<1?1.2:2,clip:true
});
b.shapes.push({
kind:"path",points:q.slice(0,l),starts:u,paint:j,width:0,closed:true,fill:j,clip:true
});
if(!d.edit&& !d.drag)return;
const x=new Float32Array(2*g);
for(let a=0;a<g;a++)x.set([c[4*a+2],c[4*a+3]],2*a);
$bV(d,x,b,z,j);
}
};
const $ci={
extent:(a,c,h)=>$bP(h,c(a.xy).data),draw(a,{read:c,frame:b,paint:g,index:k}){
const{data:e,shape:l}=c(a.xy);
const i=l[l.length-2]??0;
const f=new $cd(b);
const j=e.length/2/i;
for(let d=0;d<j;d++)f.trace(b,e,2*i*d,i,a.closed);
const m=j>12?{opacity:0.6}:{};
b.shapes.push({
kind:"path",...f.take(),paint:g,width:a.width??(j>12?1:2),clip:true,...(a.dash?{dash:true}:{}),...m
});
if(!a.edit&& !a.drag)return;
if(!a.edit||a.edit.shape[a.edit.shape.length-1]===2)
$bV(a,e,b,k,g);
else b.handle("curve",a,k,b);
}
};
const $cj={
extent:(a,c,h)=>$bP(h,c(a.xy).data),draw(a,{read:c,frame:b,paint:g}){
const{data:e}=c(a.xy);
const f=new $cd(b);
for(let d=0;d<e.length/4;d++)f.trace(b,e,4*d,2);
b.shapes.push({kind:"path",...f.take(),paint:g,width:1.5,clip:true});
}
};
const $cl={extent(){},draw(){}};
const $ck={
arrow:$ch,area:undefined,bars:undefined,contour:undefined,curve:$ci,heatmap:undefined,image:undefined,label:undefined,mesh:undefined,readout:$cl,scatter:$bW,segments:$cj
};
function $cm(a){
if(!Object.hasOwn($ck,a.kind))
throw new Error(`unknown mark '${a.kind}'; one of: ${Object.keys($ck).join(", ")}`);
return $ck[a.kind];
}
const $co={size:14,weight:600,line:20};
const $cn={size:13,line:21};
const $cr=600;
const $cp=18;
const $cq=6;
const $cv=18;
const $cw=6;
const $cx=new Set(["curve","segments","arrow","mesh","contour"]);
function $cs(u,h){
let[a,r]=[0,0];
const F=u.map((v)=>{
if(a>0&&a+v>h)[a,r]=[0,r+1];
const G={x:a,row:r};
a+=v+$cv;
return G;
});
return{places:F,rows:u.length?r+1:0};
}
const $ct=({marks:n})=>(n.filter(({kind:c})=>c==="readout"));
function $cu({marks:n,legend:d},m){
if(d===false)return[];
const H=n.map(({kind:c,name:i},b)=>({
kind:c,name:i??"",paint:m[b],dash:"dash"in n[b]&&Boolean((n[b]).dash)
}));
const w=H.filter(({kind:c,name:i})=>i&&c!=="readout"&&c!=="label"&&c!=="heatmap"&&c!=="image");
return d||w.length>1?w:[];
}
function $cy(e,h,m){
const j=e.title?$be($bd(e.title),$co.size,h,$co.weight).length:0;
const d=$cs($cu(e,m).map(({name:i})=>$cp+$cq+$aR(i,$cn.size)),h);
const o=$cs($ct(e).map(({label:f,text:k})=>$cz(f,$bd(k))),h);
const x=j*$co.line+(d.rows+o.rows)*$cn.line;
return{title:j,legend:d,numbers:o,height:x?x+$cw:0};
}
const $cz=(f,k)=>(f?$aR(f,$cn.size)+$cq:0)+$aR(k,$cn.size,$cr);
function $cA(g,e,y,l,m,I){
const{title:j,legend:d,numbers:o}=$cy(e,l.width,m);
const z=I?l.x:g.x;
const A=(h)=>Math.max(l.x,Math.min(z,l.x+l.width-h));
let p=l.y;
if(e.title){
const s=$be($bb(e.title,y),$co.size,l.width,$co.weight);
const B=s.length>j?[...s.slice(0,j-1),s.slice(j-1).join(" ")]:s;
for(const[b,k]of B.entries()){
const a=A(Math.max(...B.map((J)=>$aR(J,$co.size,$co.weight))));
g.shapes.push({
kind:"text",x:a,y:p+15+b*$co.line,text:k,size:$co.size,anchor:"start",paint:"ink",weight:$co.weight
});
}
p+=j*$co.line;
}
const C=$cu(e,m);
const K=d.places.map(({x:a},b)=>a+$cp+$cq+$aR(C[b].name,$cn.size));
const L=A(Math.max(0,...K));
for(const[b,{kind:c,name:i,paint:t,dash:D}]of C.entries()){
const a=L+d.places[b].x;
const q=p+d.places[b].row*$cn.line+$cn.line/2;
if(c==="scatter")
g.shapes.push({
kind:"dots",points:Float32Array.of(a+$cp/2,q),radius:4,paint:t,clip:false
});
else if($cx.has(c))
g.shapes.push({
kind:"path",points:Float32Array.of(a,q,a+$cp,q),starts:[0],paint:t,width:2.5,clip:false,...(D?{dash:D}:{})
});
else
g.shapes.push({
kind:"rects",boxes:Float32Array.of(a+3,q-6,12,12),paint:t,opacity:0.85,clip:false
});
g.shapes.push({
kind:"text",x:a+$cp+$cq,y:q+4.5,text:i,size:$cn.size,anchor:"start",paint:"ink"
});
}
p+=d.rows*$cn.line;
const M=$ct(e);
for(const[b,{label:f,text:k}]of M.entries()){
const a=z+o.places[b].x;
const E=p+o.places[b].row*$cn.line+15;
if(f)
g.shapes.push({
kind:"text",x:a,y:E,text:f,size:$cn.size,anchor:"start",paint:"soft"
});
const N=f?$aR(f,$cn.size)+$cq:0;
g.shapes.push({
kind:"text",x:a+N,y:E,text:$bb(k,y),size:$cn.size,anchor:"start",paint:"ink",weight:$cr
});
}
}
const $cB=256;
const $cC=[[0.26,0.1,302],[0.42,0.11,268],[0.57,0.095,222],[0.7,0.125,165],[0.82,0.16,130],[0.94,0.15,104]];
const $cH=[0.56,0.15,252];
const $cI=[0.62,0.19,42];
const $cD=(f)=>255*(f<=0.0031308?12.92*Math.max(0,f):1.055*Math.min(1,f)**(1/2.4)-0.055);
const $cE=([h,q,r])=>[h,q*Math.cos((r*Math.PI)/180),q*Math.sin((r*Math.PI)/180)];
function $cF([h,l,m]){
const n=(h+0.3963377774*l+0.2158037573*m)**3;
const o=(h-0.1055613458*l-0.0638541728*m)**3;
const p=(h-0.0894841775*l-1.291485548*m)**3;
return[$cD(4.0767416621*n-3.3077115913*o+0.2309699292*p),$cD(-1.2684380046*n+2.6097574011*o-0.3413193965*p),$cD(-0.0041960863*n-0.7034186147*o+1.707614701*p)];
}
const $cG=(g)=>Uint8ClampedArray.from({length:$cB},(u,d)=>d).reduce((e,u,d)=>(e.set(g(d/($cB-1)),4*d),e),new Uint8ClampedArray(4*$cB));
const $cJ=$cG((j)=>{
const s=j*($cC.length-1);
const d=Math.min($cC.length-2,Math.floor(s));
const[v,w]=[$cE($cC[d]),$cE($cC[d+1])];
return[...$cF(v.map((f,b)=>f+(s-d)*(w[b]-f))),255];
});
const $cK=$cG((j)=>[...$cF($cE(j<0.5?$cH:$cI)),255*Math.abs(2*j-1)]);
function $cL(i,a,c,x){
const e=new Uint8ClampedArray(4*i.length);
const k=x?$cK:$cJ;
const y=c>a?($cB-1)/(c-a):0;
for(let b=0;b<i.length;b++){
if(i[b]!==i[b])continue;
const g=4*Math.round(Math.min($cB-1,Math.max(0,(i[b]-a)*y)));
e[4*b]=k[g];
e[4*b+1]=k[g+1];
e[4*b+2]=k[g+2];
e[4*b+3]=k[g+3];
}
return e;
}
function $cM(a,c){
if(!(a<=c))return{low:0,high:1,around:false};
if(a<0&&c>0){
const t=Math.max(-a,c);
return{low:-t,high:t,around:true};
}
if(a>0&&a<c/2)a=0;
return{low:a,high:c>a?c:a+1,around:false};
}
const $cN=24;
const $cO=10;
const $cP=10;
const $cQ=12;
const $cR={
width:$cP+$cO+46,fromWidth:300,suits:(b,g)=>b.kind==="heatmap"&& !b.edit&&g(b.values).dtype.startsWith("float")
};
function $cS(a,b,h){
const{low:d,high:c,around:i}=undefined(b,h);
const e=a.x+a.width+$cP;
const f=Math.min(a.height,240);
const j=Array.from({length:$cN},(n,k)=>c-((k+0.5)/$cN)*(c-d));
a.shapes.push({
kind:"raster",x:e,y:a.y,width:$cO,height:f,rows:$cN,columns:1,rgba:$cL(j,d,c,i),free:true
});
for(const[l,m]of[[c,a.y+0.75*$cQ],[d,a.y+f]]){
a.shapes.push({
kind:"text",x:e+$cO+5,y:m,text:$bf(l),size:$cQ,anchor:"start",paint:"soft"
});
}
}
const $db=0.62;
const $dc=380;
const $cU=440;
const $dd=40;
const $cV=14;
const $de=24;
const $cT=4;
const $df=8;
const $dg=20;
const $dh=18;
function $cW({marks:m}){
let J=0;
const K=new Set(["curve","scatter","segments","arrow","area","bars"]);
return m.map(({kind:p})=>K.has(p)?`c${J++%8}`:p==="mesh"||p==="contour"?"soft":"c0");
}
const $cX=({marks:m})=>m.length>0&&m.every(({kind:p})=>p==="readout");
const $cY=({marks:m,x:L,y:M})=>!L&& !M&&m.some((b)=>(b.kind==="heatmap"||b.kind==="image")&& !b.x&& !b.y);
function $dk(a,q){
const E=$cy(a,q,$cW(a)).height;
if($cX(a))return{header:E,top:0,body:0,bottom:0,flexible:false};
const d=$cY(a);
const u=a.marks.find((b)=>b.kind==="heatmap");
const N=(u?.rows?$dh:0)+
(q>=$cR.fromWidth&&u&& !u.edit?$cR.width:0);
const v=q-(d?2*$cT+N:$dd+$cV);
const O=u?.columns?$dg:d?$cT:$df;
let w=Math.min($dc,$db*v);
if(typeof a.aspect==="number")w=v/a.aspect;
else if(d)w=Math.min($cU,v);
else if(a.aspect==="equal"){
const P=a.x&&a.y?(a.y[1]-a.y[0])/(a.x[1]-a.x[0]):0.8;
w=Math.min($cU,P*v);
}
return{
header:E,top:O,body:Math.round(w),bottom:d?$cT:$de,flexible:a.aspect===null||(a.aspect==="equal"&& !(a.x&&a.y))
};
}
function $dl(a,n,g,e){
const f=new $bO(a.xScale==="log",a.yScale==="log");
for(const b of a.marks)$cm(b).extent(b,e.read,f);
const h=a.x??$cZ("x",f.tightX,a.xScale,f.xLow,f.xHigh,e);
const i=a.y??$cZ("y",f.tightY,a.yScale,f.yLow,f.yHigh,e);
const d=$cY(a);
const r=$cX(a);
const j=d&&g.width>=$cR.fromWidth?a.marks.find((b)=>$cR.suits(b,e.read)):undefined;
const k={xRange:h,yRange:i,xScale:a.xScale,yScale:a.yScale};
const Q=$bF(a,e).rows;
const o=r?0:Math.max($cT,$bI(d?null:{...k,length:n.body},Q));
const[,R]=e.hold("left",0,o);
const x={x:Boolean(a.x)||f.tightX,y:Boolean(a.y)||f.tightY};
return{plot:a,needs:n,box:g,source:e,scales:k,stiff:x,picture:d,bare:r,keyed:j,left:R};
}
function $cZ(S,T,U,y,z,{hold:V}){
const[A,B]=V(S,y,z);
return T&&A<B?[A,B]:$bj(A,B,U);
}
function $di({plot:a,needs:n,box:g,scales:k,stiff:x,picture:d,keyed:j},o){
const W=d?$cT+(j?$cR.width:0):$cV;
const c={
x:g.x+o,y:g.y+n.header+n.top,width:Math.max(10,g.width-o-W),height:n.body
};
let{xRange:h,yRange:i}=k;
if(a.aspect==="equal"||(d&&a.aspect===null)){
const[C,F]=[h[1]-h[0],i[1]-i[0]];
const s=Math.min(c.width/C,c.height/F);
if(x.x)c.width=($dj(c,"x",s*C),s*C);
else h=$da(h,c.width/s);
if(x.y)c.height=s*F;
else i=$da(i,c.height/s);
}
return{area:c,scales:{...k,xRange:h,yRange:i}};
}
function $dj(c,G,q){
c[G]=Math.round(c[G]+(c.width-q)/2);
}
function $da([y,z],X){
const H=Math.max(0,X-(z-y))/2;
return[y-H,z+H];
}
function $dm(I,o){
const{plot:a,box:g,source:e,picture:d,bare:r,keyed:j}=I;
const{area:c,scales:k}=$di(I,o);
const l=new $bN(c,k);
const D=$cW(a);
if(!r)$bJ(l,a,e,d);
for(const[t,b]of a.marks.entries()){
if(b.kind!=="label")
$cm(b).draw(b,{...e,frame:l,paint:D[t],index:t});
}
for(const[t,b]of a.marks.entries()){
if(b.kind==="label")
$cm(b).draw(b,{...e,frame:l,paint:D[t],index:t});
}
if(j)
$cS(l,(j),{...e,frame:l,paint:"c0",index:a.marks.indexOf(j)
});
$cA(l,a,e.read,g,D,r);
return l.panel();
}
const $dp=28;
const $dq=20;
const $dr=480;
const $ds=(b,c)=>b.kind==="column"||(b.kind==="row"&&c<$dr);
const $do=({header:n,top:o,body:x,bottom:y})=>Math.ceil(n+o+x+y);
function $dn(b,p,j,c){
if(b.kind==="plot"){
const d=$dk(b,c);
const e=$do(d);
return{placed:[{plot:b,needs:d,box:{x:p,y:j,width:c,height:e}}],height:e};
}
const k=[];
const{children:g}=b;
if($ds(b,c)){
let q=j;
for(const r of g){
const h=$dn(r,p,q,c);
k.push(...h.placed);
q+=h.height+$dq;
}
return{placed:k,height:Math.max(0,q-$dq-j)};
}
const s=(c-$dp*(g.length-1))/g.length;
const h=g.map((r,f)=>$dn(r,Math.round(p+f*(s+$dp)),j,Math.floor(s)));
const l=h.filter((N,f)=>g[f].kind==="plot").map((a)=>a.placed[0]);
const n=Math.max(0,...l.map(({needs:d})=>d.header));
const o=Math.max(0,...l.map(({needs:d})=>d.top));
for(const a of l)a.needs={...a.needs,header:n,top:o};
const e=Math.max(...h.map((a,f)=>g[f].kind==="plot"?$do(a.placed[0].needs):a.height));
for(const a of l){
const t=e-$do(a.needs);
if(a.needs.flexible&&t>0)a.needs={...a.needs,body:a.needs.body+t};
a.box.height=e;
}
return{placed:h.flatMap((a)=>a.placed),height:e};
}
const $dt=(b,c)=>$dn(b,0,0,c).height;
function $du(b,z,{width:c,memory:A,texts:B}){
const{placed:k,height:e}=$dn(b,0,0,c);
const C=(A);
const D=(E)=>B?.[E]??"";
const u=k.map(({plot:F,needs:d,box:m},f)=>{
const G=(H,v,w)=>{
const i=(C[`${f}.${H}`]??=[Infinity,-Infinity]);
if(v<i[0])i[0]=v;
if(w>i[1])i[1]=w;
return i;
};
return $dl(F,d,m,{read:z,hold:G,typed:D});
});
const I=u.map((a)=>{
const J=u.filter(({box:m,picture:K,bare:L})=>!K&& !L&&m.x===a.box.x&&m.width===a.box.width);
return $dm(a,a.picture?a.left:Math.max(0,...J.map(({left:M})=>M)));
});
return{width:c,height:e,panels:I};
}
const $dx={"stroke-width":3,"stroke-linejoin":"round","paint-order":"stroke"};
const $dw=(b)=>String(b).replace(/[&<>"]/g,(n)=>`&#${n.charCodeAt(0)};`);
const $dv=(a)=>Math.round(a*10)/10;
function $dy(d,c,e){
const o=Object.entries(c).filter(([,a])=>a!==undefined&&a!=="").map(([p,a])=>` ${p}="${$dw(a)}"`).join("");
return`<${d}${o}${e===undefined?"/>":`>${e}</${d}>`}`;
}
function $dz({x:f,y:g,text:b,size:q,anchor:h,paint:i,rotate:j,weight:r,halo:k},l={}){
const c={
class:`ex-${i}${k?" ex-halo":""}`,color:l[i],fill:"currentColor",...(k?{...$dx,stroke:l.paper}:{}),x:$dv(f),y:$dv(g),"font-size":q,"font-weight":r,"text-anchor":h==="start"?undefined:h,transform:j&&`rotate(${j} ${$dv(f)} ${$dv(g)})`
};
return $dy("text",c,$dw(b));
}
const $dA=(s)=>s.panels.map(({shapes:t})=>t.map((m)=>(m.kind==="text"?$dz(m):"")).join("")).join("");
const $dB={
en:{
play:"Play",pause:"Pause",forward:"One step forward",back:"One step back",reset:"Start again",step:"step {n}",scrub:"Go to step",dice:"New random numbers",sweep:"Move by itself",pair:"x {x}, y {y}",cell:"row {row}, column {column}: {value}",bar:"number {i}: {value}",newer:"this figure needs a newer Explorable ({version})",failed:"this figure is not live: {reason}"
},ta:{
play:"இயக்கு",pause:"நிறுத்து",forward:"ஒரு படி முன்னே",back:"ஒரு படி பின்னே",reset:"மீண்டும் தொடங்கு",step:"படி {n}",scrub:"படிக்குச் செல்",dice:"புதிய சீரற்ற எண்கள்",sweep:"தானாக நகர்த்து",pair:"x {x}, y {y}",cell:"வரிசை {row}, நிரல் {column}: {value}",bar:"எண் {i}: {value}",newer:"இந்தப் படத்திற்குப் புதிய Explorable தேவை ({version})",failed:"இந்தப் படம் இயங்கவில்லை: {reason}"
}
};
const $dC=(a)=>$dB[(a??"").split("-")[0].toLowerCase()]??$dB.en;
const $dD=(b,c)=>b.replace(/\{(\w+)\}/g,(e,d)=>String(c[d]));
const $dH=({kind:V})=>V==="point"||V==="drag";
function $dQ({mark:n,element:o,panel:b},g){
const i=((b.xRange[1]-b.xRange[0])*b.height)/b.width;
const w=b.yRange[1]-b.yRange[0];
return{
drag:(n.drag),element:o,target:[g.x,g.y],unit:[i,w],span:b.xRange[1]-b.xRange[0]
};
}
const $dM=([h,j],ae,F)=>ae==="log"?h*(j/h)**F:h+F*(j-h);
function $dF(b,{x:i,y:w}){
return{
x:$dM(b.xRange,b.xScale,$a(0,1,(i-b.x)/b.width)),y:$dM(b.yRange,b.yScale,$a(0,1,1-(w-b.y)/b.height))
};
}
const $dE=(f,G)=>G.reduce((af,p,x)=>af+p*f.strides[x],f.offset);
function $dR({control:r,mark:n,element:o},d,g){
if(r.kind==="point")return[g.x,g.y];
if(r.kind==="points"){
const W=(d).map((ag)=>[...ag]);
W[o].splice(0,2,g.x,g.y);
return((W));
}
const f=(n.edit);
const s=[...(d)];
const M=f.shape[f.shape.length-1]===2;
const N=$dI(M?f.shape.slice(0,-1):f.shape,o);
if(M)s[$dE(f,[...N,0])]=g.x;
s[$dE(f,M?[...N,1]:N)]=g.y;
return s;
}
function $dI(O,P){
const G=[];
for(let x=O.length-1;x>=0;x--){
G.unshift(P%O[x]);
P=Math.floor(P/O[x]);
}
return G;
}
function $dK(u,i){
let Q=0;
for(let p=1;p<u.length;p++)if(Math.abs(u[p]-i)<Math.abs(u[Q]-i))Q=p;
return Q;
}
function $dN({mark:n,xs:u},d,R,g){
const f=(n.edit);
const s=[...(d)];
const[B,y]=[$dK(u,R.x),$dK(u,g.x)];
const X=y<B? -1:1;
for(let p=B;p!==y+X;p+=X){
const F=y===B?1:(p-B)/(y-B);
s[$dE(f,$dI(f.shape,p))]=R.y+F*(g.y-R.y);
}
return s;
}
function $dO({handle:k,mark:n},m){
const[z,A]=(n.edit).shape;
const C=$a(0,z-1,Math.floor(((m.y-k.y)/k.height)*z));
const D=$a(0,A-1,Math.floor(((m.x-k.x)/k.width)*A));
return{row:C,column:D};
}
function $dG({mark:n},d,{row:C,column:D},g){
const s=[...(d)];
s[$dE((n.edit),[C,D])]=g;
return s;
}
const $dJ=({mark:n},d,{row:C,column:D})=>(d)[$dE((n.edit),[C,D])];
const $dL=(r)=>r.kind==="tensor"?[r.low??0,r.high??1]:[0,1];
const $dP=(r)=>r.kind==="tensor"&& !/float|bool/.test(r.dtype);
function $dS(o,H,l,I){
let q=null;
const e={index:0,row:0,column:0};
const v=(a,d)=>l.set({[a.handle.control]:d});
const Y=(a,g)=>{
if(a.handle.kind==="drag")l.pull($dQ(a,g));
else v(a,$dR(a,l.value(a.handle.control),g));
};
const ah=(c)=>{
if(c.button!==0)return;
const a=H();
const m=l.pixel(c);
o.setPointerCapture(c.pointerId);
(o).focus({preventScroll:true});
c.preventDefault();
q={
place:$dF(a.panel,m),paint:0,grab:{x:a.handle.x-m.x,y:a.handle.y-m.y}
};
if(a.handle.kind==="cells"){
const J=Object.assign(e,$dO(a,m));
const[h,j]=$dL(a.control);
q.paint=$dJ(a,l.value(a.handle.control),J)>(h+j)/2?h:j;
l.moved();
if($dP(a.control))q=null;
}
if(q&& !$dH(a.handle))Z(c);
};
const Z=(c)=>{
if(!q)return;
const a=H();
const m=l.pixel(c);
const d=l.value(a.handle.control);
if($dH(a.handle)){
const{grab:aa}=q;
Y(a,$dF(a.panel,{x:m.x+aa.x,y:m.y+aa.y}));
}else if(a.handle.kind==="cells"){
const J=Object.assign(e,$dO(a,m));
if($dJ(a,d,J)!==q.paint)v(a,$dG(a,d,J,q.paint));
}else{
const S=$dF(a.panel,m);
v(a,$dN(a,d,q.place,S));
q.place=S;
e.index=$dK(a.xs,S.x);
}
};
const ai=()=>{
q=null;
};
o.addEventListener("pointerdown",(ah),{signal:I});
o.addEventListener("pointermove",(Z),{signal:I});
for(const y of["pointerup","pointercancel","lostpointercapture"])
o.addEventListener(y,ai,{signal:I});
const aj=(c)=>{
const a=H();
const d=l.value(a.handle.control);
const t=$u(c);
const T=c.key==="ArrowLeft"||c.key==="ArrowRight";
if($dH(a.handle)&&t&&Number.isFinite(t)){
const{panel:b,handle:k}=a;
const i=k.x+(T?(t*b.width)/100:0);
const w=k.y-(T?0:(t*b.height)/100);
Y(a,$dF(b,{x:i,y:w}));
}else if(a.handle.kind==="cells"){
if(!ak(c,a,d))return;
}else if(t&&(T|| !Number.isFinite(t))){
e.index=$a(0,a.xs.length-1,e.index+t);
l.moved();
}else if(t){
const[h,j]=a.control.kind==="tensor"&&a.control.low!==undefined&&a.control.high!==undefined?$dL(a.control):a.panel.yRange;
const f=(a.mark.edit);
const K=(d)[$dE(f,$dI(f.shape,e.index))];
const ab={
x:a.xs[e.index],y:$a(h,j,K+(t*(j-h))/100)
};
v(a,$dN(a,d,ab,ab));
}else return;
c.preventDefault();
};
const ak=(c,a,d)=>{
const[z,A]=(a.mark.edit).shape;
const[h,j]=$dL(a.control);
const K=$dJ(a,d,e);
if(c.key.startsWith("Arrow")){
e.row=$a(0,z-1,e.row+Number(c.key==="ArrowDown")-Number(c.key==="ArrowUp"));
e.column=$a(0,A-1,e.column+Number(c.key==="ArrowRight")-Number(c.key==="ArrowLeft"));
l.moved();
}else if($dP(a.control)&& /^[0-9]$/.test(c.key))
v(a,$dG(a,d,e,Number(c.key)));
else if(c.key==="Backspace"||c.key==="Delete")
v(a,$dG(a,d,e,h));
else if(c.key===" "||c.key==="Enter")
v(a,$dG(a,d,e,K>(h+j)/2?h:j));
else if($u(c)&&Number.isFinite($u(c)))
v(a,$dG(a,d,e,$a(h,j,K+(Math.sign($u(c))*(j-h))/10)));
else return false;
return true;
};
o.addEventListener("keydown",(aj),{signal:I});
return()=>{
const a=H();
const d=l.value(a.handle.control);
const{words:U}=l;
const L=(i)=>String(Number(Number(i).toPrecision(3)));
if($dH(a.handle)){
const{x:i,y:w}=$dF(a.panel,a.handle);
return{text:$dD(U.pair,{x:L(i),y:L(w)}),now:i,box:null};
}
const{handle:k}=a;
const f=(a.mark.edit);
if(k.kind==="cells"){
const[z,A]=f.shape;
const E=$dJ(a,d,e);
const al=$dD(U.cell,{
row:e.row+1,column:e.column+1,value:L(E)
});
const[ac,ad]=[k.width/A,k.height/z];
return{
text:al,now:E,box:[k.x+e.column*ac,k.y+e.row*ad,ac,ad]
};
}
const E=(d)[$dE(f,$dI(f.shape,e.index))];
const{panel:b,xs:u}=a;
const i=b.x+
((u[e.index]-b.xRange[0])/(b.xRange[1]-b.xRange[0]))*b.width;
return{
text:$dD(U.bar,{i:e.index+1,value:L(E)}),now:E,box:[i-6,b.y,12,b.height]
};
};
}
const $dV="http://www.w3.org/2000/svg";
const $dW=["c0","c1","c2","c3","c4","c5","c6","c7","ink","soft","grid","frame","paper"];
const $dX={coarse:22.5,fine:12.5};
const $dY=10;
function $dT(f,s){
const a=document.createElementNS($dV,f);
for(const[K,j]of Object.entries(s))a.setAttribute(K,String(j));
return(a);
}
const $dU=(g)=>(g.kind==="plot"?[g]:g.children.flatMap($dU));
class $ea{
#c=document.createElement("div");
#a=document.createElement("canvas");
#d=$dT("svg",{class:"explorable-text"});
#e=$dT("svg",{class:"explorable-handles"});
#g=$dT("rect",{class:"explorable-cursor"});
#h=(this.#a.getContext("2d"));
#f=null;
#k="";
#b=[];
#i=new Map();
#l=null;
#j;
constructor(k,L,M,z,A){
this.box=k;
this.session=L;
this.locale=M;
this.page=z;
this.#j=A;
this.#c.className="explorable-live";
this.#a.setAttribute("role","img");
this.#a.setAttribute("aria-label",z.alt);
this.#d.setAttribute("aria-hidden","true");
this.#c.append(this.#a,this.#d,this.#e);
k.append(this.#c);
A.addEventListener("abort",()=>{
this.#c.remove();
k.removeAttribute("data-live");
});
}
recolour(){
this.#f=null;
}
forget(){
this.#i.clear();
}
draw(g,h){
const B=[...this.box.querySelectorAll(".explorable-still > svg")].find((N)=>N.getClientRects().length);
const t=B?.getAttribute("viewBox")?.split(" ").map(Number)??[0,0,this.box.clientWidth];
const{width:m,height:q}=(B??this.box).getBoundingClientRect();
if(!m|| !q)return;
let u=this.#i.get(t[2]);
if(!u)this.#i.set(t[2],(u={}));
const c=$du(g,h,{
width:t[2],memory:u,locale:this.locale,texts:this.#m()
});
this.#l=c;
const O=(m*devicePixelRatio)/c.width;
const o=[Math.round(m*devicePixelRatio),Math.round(q*devicePixelRatio)];
if(this.#a.width!==o[0]||this.#a.height!==o[1])
[this.#a.width,this.#a.height]=o;
else{
this.#h.resetTransform();
this.#h.clearRect(0,0,o[0],o[1]);
}
$ax(this.#h,c,this.#n(),O);
const C=$dA(c);
if(C!==this.#k)this.#d.innerHTML=this.#k=C;
const D=`0 0 ${c.width} ${c.height}`;
if(this.#d.getAttribute("viewBox")!==D)
for(const P of[this.#d,this.#e])P.setAttribute("viewBox",D);
this.#o(c,g,h,m/c.width);
this.box.dataset.live="";
}
#m(){
const{controls:Q}=this.session.spec.program;
return Object.fromEntries(Object.entries(this.session.values).filter(([f])=>Q[f].kind==="text").map(([f,j])=>[f,String(j)]));
}
#n(){
if(!this.#f){
const R=getComputedStyle(this.#c);
this.#f=Object.fromEntries($dW.map((E)=>[E,R.getPropertyValue(`--explorable-${E}`).trim()]));
}
return this.#f;
}
#o(c,g,h,F){
const S=$dU(g);
const l=[];
for(const[d,G]of c.panels.entries()){
const H=new Map();
for(const b of G.handles){
const e=S[d].marks[b.mark];
const a=H.get(b.mark)??0;
H.set(b.mark,a+1);
const p=this.session.spec.program.controls[b.control];
if(p||e.drag)
l.push({
handle:b,panel:G,mark:e,element:a,control:p,xs:$dH(b)?[]:$dZ(e,h)
});
}
}
const T=l.length===this.#b.length&&l.every((i,d)=>i.handle.kind===this.#b[d].grip.handle.kind&&i.handle.control===this.#b[d].grip.handle.control);
if(!T)this.#p(l);
const U=$dX[matchMedia("(pointer: coarse)").matches?"coarse":"fine"]/F;
for(const[d,i]of l.entries()){
const n=this.#b[d];
n.grip=i;
const{element:a}=n;
const{handle:b}=i;
if($dH(b)){
a.setAttribute("transform",`translate(${b.x} ${b.y})`);
a.firstElementChild?.setAttribute("r",String(U));
a.lastElementChild?.setAttribute("r",String($dY/F));
}else{
for(const[f,j]of Object.entries({
x:b.x,y:b.y,width:b.width,height:b.height
}))
a.setAttribute(f,String(j));
}
}
this.describe();
}
#p(l){
for(const{element:a}of this.#b)a.remove();
this.#b=l.map((i)=>{
const{handle:b,control:p}=i;
const s={
class:`explorable-handle explorable-handle-${b.kind}`,role:"slider",tabindex:0,"aria-label":b.label,[b.kind==="drag"?"data-drag":"data-control"]:b.control
};
const a=$dT($dH(b)?"g":"rect",s);
if($dH(b))
a.append($dT("circle",{class:"explorable-reach"}),$dT("circle",{class:"explorable-knob"}));
if(p?.kind==="tensor"&&p.dtype==="bool")
a.classList.add("explorable-tap");
const n={
element:a,grip:i,describe:()=>({text:"",now:0,box:null})
};
n.describe=$dS(a,()=>n.grip,{
value:(f)=>this.session.values[f],set:this.page.set,pull:this.page.pull,pixel:(r)=>this.#q(r),words:this.page.words,moved:()=>this.describe()
},this.#j);
for(const V of["focus","blur"])
a.addEventListener(V,()=>this.describe(),{signal:this.#j});
return n;
});
const I=this.#b.map(({element:a})=>a);
this.#e.append(...I.filter(({localName:v})=>v==="rect"),this.#g,...I.filter(({localName:v})=>v==="g"));
}
describe(){
let k=null;
for(const{element:a,describe:W}of this.#b){
const w=W();
a.setAttribute("aria-valuetext",w.text);
a.setAttribute("aria-valuenow",String(w.now));
if(a===document.activeElement)k=w.box;
}
this.#g.toggleAttribute("hidden",!k);
const X=["x","y","width","height"];
for(const[d,j]of(k??[0,0,0,0]).entries())
this.#g.setAttribute(X[d],String(j));
}
#q(r){
const{left:Y,top:Z,width:m,height:q}=this.#e.getBoundingClientRect();
const c=(this.#l);
return{
x:((r.clientX-Y)/m)*c.width,y:((r.clientY-Z)/q)*c.height
};
}
}
function $dZ(e,h){
if(e.kind==="curve")return Array.from(h(e.xy).data).filter((aa,d)=>d%2===0);
if(e.kind!=="bars")return[];
if(e.x)return Array.from(h(e.x).data);
const{shape:J}=h(e.heights);
return Array.from({length:J[J.length-1]},(aa,d)=>d);
}
const $ec="data-scheme";
const $eh="--explorable-ink";
const $ed=["light","dark"];
const $ei=0.04045;
let $eb=null;
function $ee(d){
if(!$eb){
const g=document.createElement("canvas");
g.width=g.height=1;
$eb=(g.getContext("2d",{willReadFrequently:true}));
}
$eb.clearRect(0,0,1,1);
for(const o of d){
$eb.fillStyle=o;
$eb.fillRect(0,0,1,1);
}
return[...$eb.getImageData(0,0,1,1).data];
}
function $ef(e){
const[p,q,r]=e.map((c)=>c/255).map((c)=>(c<=$ei?c/12.92:((c+0.055)/1.055)**2.4));
return 0.2126*p+0.7152*q+0.0722*r;
}
const $ej=(l,m)=>(Math.max(l,m)+0.05)/(Math.min(l,m)+0.05);
function $ek(a){
const d=[];
for(let b=(a);b;b=b.parentElement){
d.unshift(getComputedStyle(b).backgroundColor);
const e=$ee(d);
if(e[3]===255)return e;
}
return null;
}
function $eg(a){
a.removeAttribute($ec);
if(getComputedStyle(a).colorScheme!=="normal")return;
const n=$ek(a);
if(!n)return;
const h=$ed.map((s)=>{
a.setAttribute($ec,s);
return getComputedStyle(a).getPropertyValue($eh).trim();
});
a.removeAttribute($ec);
if(h[0]===h[1])return;
const[t,u]=h.map((v)=>$ej($ef($ee([v])),$ef(n)));
a.setAttribute($ec,$ed[Number(u>t)]);
}
function $el(a,w,i){
const j=()=>{
$eg(a);
w();
};
const f=new MutationObserver(j);
f.observe(a,{attributeFilter:["scheme","class","style"]});
for(let b=a.parentElement;b;b=b.parentElement)
f.observe(b,{attributes:true});
f.observe(document.head,{attributes:true,childList:true,subtree:true});
i.addEventListener("abort",()=>f.disconnect());
for(const x of["(prefers-color-scheme: dark)","print","(forced-colors: active)"])
matchMedia(x).addEventListener("change",j,{signal:i});
document.addEventListener("transitionend",(k)=>{
const y=k.target instanceof Element&&k.target.contains(a);
if(y&&k.propertyName==="background-color")j();
},{signal:i});
$eg(a);
}
const $em="300px";
class $ep{
visible=false;
#c=[];
#a=null;
#g="";
#d=new Set();
#e=new AbortController();
#b;
constructor(a,c){
this.element=a;
this.session=c;
this.figure=a.getAttribute("figure")??Object.keys(c.spec.figures)[0];
this.spec=c.spec.figures[this.figure];
if(!this.spec)throw new Error(`no figure '${this.figure}' in the bundle`);
const{signal:d}=this.#e;
const r=(a.closest("[lang]"))?.lang;
this.words=$dC(r);
this.box=(a.querySelector(".explorable-box"));
const s=(i)=>void c.set(i).catch((j)=>this.fail(j));
this.#b=new $ea(this.box,c,r??"en",{set:s,pull:(D)=>c.pull(D),words:this.words,alt:this.spec.alt},d);
const E=a.querySelector("form");
for(const t of["input","change","submit"]){
E?.addEventListener(t,(u)=>{
u.stopPropagation();
if(t==="submit")u.preventDefault();
},{signal:d});
}
for(const k of(a.querySelectorAll("[data-control]"))){
this.#c.push($v(k,c,s,d));
}
for(const k of(a.querySelectorAll("[data-simulation]"))){
this.#c.push(undefined(k,c,this.words,d));
}
a.querySelector("fieldset")?.removeAttribute("disabled");
this.#j();
c.show(this);
$en(a,this,c,d);
const v=new ResizeObserver(()=>this.#f());
v.observe(this.box);
const F=()=>{
this.#b.recolour();
this.#f();
};
$el(a,F,d);
matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change",()=>$ao()&&c.still(),{signal:d});
d.addEventListener("abort",()=>{
v.disconnect();
c.hide(this);
});
this.refresh();
}
draw(G){
this.#a=G;
const w=Object.values(this.session.runs).map((H)=>H.begun).join();
if(w!==this.#g)this.#b.forget();
this.#g=w;
this.#f();
this.element.dispatchEvent(new CustomEvent("change",{detail:{controls:this.#k()}}));
this.#l();
}
#l(){
for(const[b,e]of Object.entries(this.#h())){
const{data:l,dtype:m}=this.session.read(e);
const x=m==="int64"?Array.from(l).find((I)=>Math.abs(I)>Number.MAX_SAFE_INTEGER):undefined;
if(x===undefined)this.#d.delete(b);
else if(!this.#d.has(b)){
this.#d.add(b);
const J=`output '${b}' holds ${x}, beyond 2^53: int64 is rounded here`;
this.element.dispatchEvent(new CustomEvent("error",{detail:{message:J,output:b}}));
}
}
}
#f(){
if(this.#a===null)return;
this.#b.draw(this.spec.layouts[this.spec.layout[this.#a]],(e)=>this.session.read(e));
}
refresh(){
for(const K of this.#c)K();
}
fail(j){
this.#e.abort();
$eo(this.element,this.figure,j);
}
end(){
this.#e.abort();
}
#i(){
const{controls:n,nodes:y}=this.session.spec.program;
const o=new Set(this.spec.controls);
const $el=(b)=>{
o.add(b);
const f=y.find((z)=>z.name===b&&z.kind!=="figure");
for(const g of f?[...f.needs,...(f.kind==="simulation"?f.restart:[])]:[])
if(!o.has(g))$el(g);
};
const L=y.find((f)=>f.kind==="figure"&&f.name===this.figure);
for(const g of L?.needs??[])$el(g);
return[...o].filter((b)=>Object.hasOwn(n,b));
}
#k(){
return $z(this.session.spec,this.figure,this.#i(),(b)=>structuredClone(this.session.values[b]));
}
#h(){
if(this.#a===null)return{};
const M=this.spec.outputs[this.spec.layout[this.#a]];
const N={...$A(this.session.spec.program,this.session.runs),...M};
return Object.fromEntries(Object.entries(N).filter(([,e])=>e));
}
#m(){
const O=Object.entries(this.session.runs).map(([b,{step:P}])=>[`${b}.step`,{data:Float64Array.of(P),shape:[],dtype:"int64"}]);
const Q=Object.entries(this.#h()).map(([b,e])=>{
const{data:l,shape:R,dtype:m}=this.session.read(e);
return[b,{data:l.slice(),shape:[...R],dtype:m}];
});
return Object.fromEntries([...O,...Q]);
}
#j(){
const{controls:n}=this.session.spec.program;
Object.defineProperties(this.element,{
controls:{
configurable:true,get:()=>$z(this.session.spec,this.figure,this.#i(),(b)=>({...structuredClone(n[b]),value:structuredClone(this.session.values[b])
}))
},outputs:{configurable:true,get:()=>this.#m()},set:{
configurable:true,value:(i)=>this.session.set(i,this.figure)
}
});
}
}
function $en(a,S,c,d){
const A=new IntersectionObserver((B)=>{
S.visible=B[B.length-1].isIntersecting;
c.look();
},{rootMargin:$em});
A.observe(a);
d.addEventListener("abort",()=>A.disconnect());
}
function $eo(a,C,p){
const q=p instanceof Error?p.message:String(p);
const T=$dC((a.closest("[lang]"))?.lang);
const h=a.querySelector(".explorable-message")??document.createElement("p");
h.className="explorable-message";
h.setAttribute("role","alert");
h.textContent=`[explorable] ${C}: ${$dD(T.failed,{reason:q})}`;
(a.querySelector(".explorable-box")??a).append(h);
a.querySelector("fieldset")?.setAttribute("disabled","");
console.error(`[explorable] ${C}: ${q}`);
a.dispatchEvent(new CustomEvent("error",{detail:{message:q}}));
}
class $eq{
figure="";
visible=false;
#a=new AbortController();
constructor(d,a,f){
this.element=d;
this.session=a;
this.name=f;
this.spec=d.getAttribute("format")??"";
this.slot=$A(a.spec.program)[f];
a.show(this);
$en(d,this,a,this.#a.signal);
this.refresh();
}
static find(a,of){
const{program:g}=a.spec;
const i=[...Object.keys(g.controls),...Object.keys($A(g))];
return $y(a.spec,i,of);
}
draw(){}
refresh(){
const e=this.slot?this.#b():this.slot===""?this.#c():this.#d();
if(e!==null&&this.element.textContent!==e)this.element.textContent=e;
}
#c(){
const{step:j}=this.session.runs[this.name.replace(/\.step$/,"")];
return $aQ({data:[j],dtype:"int64"},this.spec);
}
#b(){
return this.session.ready?$aQ(this.session.read(this.slot),this.spec):null;
}
#d(){
const c=this.session.spec.program.controls[this.name];
const b=this.session.values[this.name];
if(typeof b==="string")return b;
const k={
slider:"float32",toggle:"bool",point:c.kind==="point"&&c.complex?"complex64":"float32"
};
const h=Array.isArray(b)?(b):[Number(b)];
return $aQ({
data:c.kind==="slider"?h.map(Math.fround):h,dtype:k[c.kind]??"int64"
},this.spec);
}
fail(){
this.#a.abort();
}
end(){
this.#a.abort();
this.session.hide(this);
}
}
const $es=1;
const $er=new WeakSet();
function $eu(a,d,e){
const g=a.getAttribute("figure")??a.getAttribute("of")??"";
try{
if(d.format>$es)
throw new Error($dD($dC(document.documentElement.lang).newer,{version:d.version}));
$et(d,e);
const b=$ap(d,e);
for(const f of(document.querySelectorAll("explorable-value:not([src])"))){
const c=$er.has(f)?undefined:$eq.find(b,f.getAttribute("of")??"");
if(!c)continue;
$er.add(f);
new $eq(f,b,c);
}
if(a.localName==="explorable-figure")return new $ep(a,b);
const c=$eq.find(b,g);
if(!c)throw new Error(`nothing on the page is called '${g}'`);
return new $eq(a,b,c);
}catch(k){
$eo(a,g,k);
}
}
async function $et({style:h},e){
const l=[...document.styleSheets].some(({href:m})=>m?.endsWith(`/${h}`));
if(l||getComputedStyle(document.documentElement).getPropertyValue("--explorable-ink"))
return;
const i=await fetch($E(e,h));
if(!i.ok)return;
const j=new CSSStyleSheet();
j.replaceSync(await i.text());
document.adoptedStyleSheets=[...document.adoptedStyleSheets,j];
}
export{$eu as mount};
