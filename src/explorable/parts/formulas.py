r"""Formulas in the texts of a plot: what stands between two dollars, as one line of Unicode.

A drawing knows strings alone, in SVG as on canvas; letters, signs and most raised and lowered ones
are characters, so that a formula in a label costs the page no byte of code.
"""

from __future__ import annotations

import re

from ..errors import ExplorableError, Line

# As in Pandoc: "$5 and $6" is no formula; nor is what stands between pairs of dollars.
_FORMULA = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$\n]*?[^\s\\$])\$(?![\d$])")
_ATOM = re.compile("\\\\([A-Za-z]+|.)|\ue000\\d+\ue001|\\s+|.")
_LIVE = "\ue000"

_GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
        "xi pi rho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi "
        "Pi Sigma Upsilon Phi Psi Omega".split(),
        "αβγδϵεζηθϑικλμνξπρσςτυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)
_SIGNS = {
    **_GREEK,
    "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ",
    "sum": "∑", "prod": "∏", "int": "∫", "ldots": "…", "dots": "…", "cdots": "⋯", "prime": "′",
    "langle": "⟨", "rangle": "⟩", "|": "‖", "emptyset": "∅", "forall": "∀", "exists": "∃",
    "neg": "¬", "angle": "∠", "dagger": "†", "star": "⋆", "circ": "∘", "top": "⊤", "bot": "⊥",
    "{": "{", "}": "}", "%": "%", "&": "&", "#": "#", "_": "_",
    ",": "\u2009", ":": "\u2005", ";": "\u2004", " ": " ", "quad": "\u2003", "!": "",
}  # fmt: skip
_BETWEEN = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "equiv": "≡", "sim": "∼", "simeq": "≃", "propto": "∝", "in": "∈", "notin": "∉", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "mapsto": "↦", "Rightarrow": "⇒", "Leftrightarrow": "⇔",
    "subset": "⊂", "subseteq": "⊆", "cap": "∩", "cup": "∪", "times": "×", "cdot": "·", "pm": "±",
    "mp": "∓", "otimes": "⊗", "oplus": "⊕", "odot": "⊙", "ast": "∗", "wedge": "∧", "vee": "∨",
    "mid": "∣", "parallel": "∥", "perp": "⊥", "ll": "≪", "gg": "≫",
}  # fmt: skip
_PLAIN_BETWEEN = {"=": "=", "<": "<", ">": ">", "+": "+", "-": "−", "−": "−"}
_ACCENTS = {
    "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308",
}  # fmt: skip
_WORDS = ("mathrm", "text", "operatorname", "mathit", "mathbf", "textbf")
_LETTERS = {
    "mathbb": dict(zip("CEHNPQRZ", "ℂ𝔼ℍℕℙℚℝℤ", strict=True)),
    "mathcal": dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True)),
}
_FUNCTIONS = (
    "sin cos tan arcsin arccos arctan sinh cosh tanh exp log ln det dim ker max min sup inf lim "
    "arg argmax argmin softmax Pr gcd"
).split()
_RAISED = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤∘′∗*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ°′**",
        strict=True,
    )
)
_LOWERED = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvxβγρφχ,",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,",
        strict=True,
    )
)


def formulas(text: str, line: Line | None = None) -> str:
    r"""The text with its formulas as plain characters.

    >>> formulas(r"loss $L(\theta) = \frac{1}{2} x_1^2$")
    'loss L(θ) = 1/2\u2009x₁²'
    >>> formulas("$5 and $6")
    '$5 and $6'

    Knows Greek letters, signs, ``^`` and ``_``, ``\frac``, ``\sqrt``, accents, ``\mathbb`` and
    ``\text``; in an f-string braces are doubled, and a dollar that begins no formula is ``\$``.
    Raises ExplorableError at ``line`` for what one line of Unicode cannot show.
    """
    if "$" not in text:
        return text
    made = _FORMULA.sub(lambda found: _Formula(found[1], line).all(), text)
    return made.replace("\\$", "$")


class _Formula:
    def __init__(self, source: str, line: Line | None) -> None:
        self.source, self.line = source, line
        self.atoms = [found[0] for found in _ATOM.finditer(source)]
        self.at = 0

    def all(self) -> str:
        made = self.until("")
        return re.sub(r" {2,}", " ", made).strip()

    def until(self, end: str) -> str:
        """Everything up to an end, which is taken as well."""
        made = ""
        while self.at < len(self.atoms):
            atom = self.take()
            if atom == end:
                return made
            if atom == "}":
                raise self.wrong("has a } without a {")
            made = self.joined(made, atom)
        if end:
            raise self.wrong("has a { without a }")
        return made

    def take(self) -> str:
        self.at += 1
        return self.atoms[self.at - 1]

    def joined(self, made: str, atom: str) -> str:
        """What was made so far, and one thing more."""
        if atom.isspace():
            return made
        if atom in ("^", "_"):
            return made + self.moved(atom)
        name = atom.removeprefix("\\")
        sign = _BETWEEN.get(name) if atom != name else _PLAIN_BETWEEN.get(atom)
        if sign is None:
            apart = atom != name and name in _FUNCTIONS and made[-1:].isalnum()
            return made + ("\u2009" if apart else "") + self.thing(atom)
        if sign in "+−" and (not made or made[-1] in "([{,=<>≤≥≈∼ "):
            return made + sign  # the sign of a number
        return f"{made} {sign} "

    def thing(self, atom: str) -> str:
        if atom == "{":
            return self.until("}")
        if atom == "'":
            return "′"
        if not atom.startswith("\\"):
            return atom
        name = atom[1:]
        if name in _SIGNS:
            return _SIGNS[name]
        if name in ("left", "right"):
            return ""
        if name in _FUNCTIONS:
            following = "".join(self.atoms[self.at : self.at + 1])
            return name if following in ("(", "^", "_", "{", "") else f"{name} "
        return self.command(name)

    def command(self, name: str) -> str:
        if name == "frac":
            above, below = self.argument(), self.argument()
            return f"{_held(above)}/{_held(below)}{self.gap()}"
        if name == "sqrt":
            return f"√{_held(self.argument())}"
        if name in _WORDS:
            return self.words()
        if name in _ACCENTS:
            inner = self.argument()
            return inner[:1] + _ACCENTS[name] + inner[1:]
        if name in _LETTERS:
            inner = self.argument()
            if inner in _LETTERS[name]:
                return _LETTERS[name][inner]
            raise self.wrong(f"has \\{name}{{{inner}}}, for which there is no character")
        raise self.wrong(f"has \\{name}, which one line of text cannot show")

    def gap(self) -> str:
        """A thin space between a quotient and the letter that it is a factor of."""
        following = next((a for a in self.atoms[self.at :] if not a.isspace()), "")
        return "\u2009" if following.isalnum() or following[1:] in (*_GREEK, *_FUNCTIONS) else ""

    def argument(self) -> str:
        """What follows: a group, or one thing."""
        while self.at < len(self.atoms):
            atom = self.take()
            if not atom.isspace():
                return self.joined("", atom).strip()
        raise self.wrong("ends where something is to follow")

    def words(self) -> str:
        """What stands in braces, as it is."""
        if self.atoms[self.at : self.at + 1] != ["{"]:
            return self.argument()
        self.at += 1
        if "}" not in self.atoms[self.at :]:
            raise self.wrong("has a { without a }")
        start, self.at = self.at, self.atoms.index("}", self.at) + 1
        return "".join(self.atoms[start : self.at - 1])

    def moved(self, where: str) -> str:
        """A raised or a lowered thing."""
        inner = self.argument().replace(" ", "")
        if _LIVE in inner:
            word = "raises" if where == "^" else "lowers"
            raise self.wrong(f"{word} a live number, which keeps its place in a line")
        table, word = (_RAISED, "raised") if where == "^" else (_LOWERED, "lowered")
        for letter in inner:
            if letter not in table:
                raise self.wrong(f"has a {word} '{letter}', for which there is no character")
        return "".join(table[letter] for letter in inner)

    def wrong(self, fact: str) -> ExplorableError:
        shown = re.sub("\ue000\\d+\ue001", "…", self.source)
        return ExplorableError(
            "parts",
            f"the formula ${shown}$ {fact}",
            line=self.line,
            fix="write it in words or in characters, without dollars; prose beside the figure "
            "shows formulas of every kind",
        )


_SMALL = frozenset([*_RAISED.values(), *_LOWERED.values(), *_ACCENTS.values(), "′"])


def _held(part: str) -> str:
    """In brackets where more than one thing is divided or drawn the root of."""
    bare = "".join(one for one in part if one not in _SMALL)
    whole = len(bare) <= 1 or re.fullmatch("[0-9.]+|\ue000\\d+\ue001|\\([^()]*\\)", bare)
    return part if whole else f"({part})"
