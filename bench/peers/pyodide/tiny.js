// The arc of a complex number that turns, in Python's own complex numbers: NumPy's wheel for Pyodide
// stands in no registry, so Pyodide computes only this one, and shows what a start costs.

import { loadPyodide } from "pyodide";

const CODE = `
from array import array
from cmath import exp
from math import pi

def turn(theta, re, im):
    z, arc = complex(re, im), array("f")
    for k in range(64):
        point = z * exp(1j * theta * k / 63)
        arc.append(point.real)
        arc.append(point.imag)
    return arc
turn
`;

export async function prepare({ inputs }) {
  const python = await loadPyodide({ indexURL: new URL("./", import.meta.url).href });
  const turn = python.runPython(CODE);
  return {
    call() {
      const [re, im] = inputs.z.data;
      const arc = turn(inputs.theta.data[0], re, im), buffer = arc.getBuffer("f32");
      const numbers = buffer.data.slice();
      buffer.release();
      arc.destroy();
      return { arc: numbers };
    },
  };
}
