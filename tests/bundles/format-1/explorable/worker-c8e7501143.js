/* Explorable 0.1.0, MIT licence */
/*! Explorable, MIT licence */
(()=>{
"use strict";
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
float32:[Float32Array,4,1],float64:[Float64Array,8,1],int8:[Int8Array,1,1],int16:[Int16Array,2,1],int32:[Int32Array,4,1],int64:[BigInt64Array,8,1],uint8:[Uint8Array,1,1],bool:[Uint8Array,1,1],complex64:[Float32Array,4,2],complex128:[Float64Array,8,2],float16:[Uint16Array,2,1],bfloat16:[Uint16Array,2,1]
};
const $v=(a,c)=>c.reduce((A,m)=>A*m,$t[a][2]);
function $u(w,g,e,a,c){
const x=Object.hasOwn($t,a)?$t[a]:null;
if(!x|| !c.every((m)=>Number.isSafeInteger(m)&&m>=0)){
throw new Error(`${w} has no known form: ${a} [${c}]`);
}
const[B,i]=x;
const y=$v(a,c);
const C=Number.isSafeInteger(e)&&e>=0&&e%i===0&&e+y*i<=g.byteLength;
if(!C)
throw new Error(`${w} (${a} [${c}] at ${e}) lies outside the ${g.byteLength} bytes there are`);
return new B(g,e,y);
}
class $C{
#a=new Map();
#b=new Map();
constructor(n,g){
if(g.byteLength!==n.memory){
throw new Error(`the module has ${g.byteLength} bytes of memory, its spec says ${n.memory}`);
}
this.buffer=g;
this.slots=n.slots;
for(const[j,[e,a,c]]of Object.entries(n.slots)){
this.#a.set(j,$u(`slot '${j}'`,g,e,a,c));
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
const D=$y(a)?(b):a==="int64"?new Float64Array(b.length):new Float32Array(b.length);
h={data:D,shape:c,dtype:a};
this.#b.set(d,h);
}
if(h.data!==b)$w(h.dtype,b,h.data);
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
const i=$v(k,c)*$t[k][1];
if(!(o>=0&&o+i<=s.byteLength))
throw new Error(`'${j}' is too short: ${s.byteLength} bytes`);
const p=$u(`'${j}'`,(s.slice(o,o+i).buffer),0,k,c);
const q=$u(`an array of '${j}'`,this.buffer,e,a,c);
if(k===a)
new Uint8Array(this.buffer,e,i).set(new Uint8Array(p.buffer));
else $w(k,p,(q));
}
}
const $y=(a)=>a!=="int64"&&a!=="float16"&&a!=="bfloat16";
function $w(a,p,q){
const E=a==="float16"?$z:a==="bfloat16"?$A:Number;
for(let f=0;f<q.length;f++)q[f]=E((p[f]));
}
const $x=new Uint32Array(1);
const $B=new Float32Array($x.buffer);
function $A(l){
$x[0]=l<<16;
return $B[0];
}
function $z(l){
const t=l&0x8000? -1:1;
const u=(l>>10)&31;
const v=l&1023;
if(u===31)return v?NaN:t*Infinity;
return u?t*2**(u-15)*(1+v/1024):t*2** -24*v;
}
const $D=()=>true;
function $E(d,e){
switch(d.kind){
case"choice":return[d.options.indexOf((e))];
case"text":return $q(d,(e));
case"points":return(e).flatMap((o)=>o.slice(0,2));
case"point":case"tensor":return(e);
default:return[(e)];
}
}
class $F{
values={};
#a=new Set();
#d=new Map();
#h=new Map();
#e;
constructor(p,G,q){
const{memory:H,...I}=G;
this.program=p;
this.#e=(I);
this.memory=new $C(p,(H).buffer);
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
settle(L=$D){
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
advance(a,y,s=$D){
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
seek(a,M,s=$D){
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
if(d.slot)this.memory.write(d.slot,$E(d,this.values[a]));
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
function $H(a,c,d){
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
ran:Object.fromEntries(q.map((f)=>[f,a.key(f)])),runs:$G(a),seeking:p,pulled:o,cost:e
};
}
function $G(a){
const m={};
for(const b of a.simulations){
const{step:g,furthest:r,begun:s}=a.run(b);
m[b]={step:g,furthest:r,begun:s};
}
return m;
}
let $I;
let $J;
function $K(b,c){
const{data:a,shape:k,dtype:l}=$I.memory.read(b);
const e=c.get(b);
const f=(a.constructor);
const g=e?.byteLength===a.byteLength?new f(e):new f(a.length);
g.set(a);
return[b,{data:g,shape:k,dtype:l}];
}
function $L({request:m,buffers:n}){
const h=$H($I,m,()=>performance.now());
const i=new Set(Object.keys(h.ran).flatMap((o)=>$J[o]));
for(const b of $J[""])i.add(b);
const c=new Map(n);
const j=[...i].map((b)=>$K(b,c));
return{message:{reply:h,readings:j},transfer:j.map(([,{data:a}])=>a.buffer)};
}
self.onmessage=async({data:a})=>{
try{
if("program"in a){
const{program:p,module:q,saved:r}=(a);
const{exports:s}=await WebAssembly.instantiate(q);
$I=new $F(p,s,r);
$J=a.slots;
self.postMessage({ready:true});
return;
}
const{message:t,transfer:u}=$L(a);
self.postMessage(t,{transfer:u});
}catch(d){
self.postMessage({error:d instanceof Error?d.message:String(d)});
}
};
})();
