"""Stages: an explanation that is stepped through, with a link for each stage (#shadow=3)."""

import explorable as ex


@ex.figure(width=560)
def shadow(
    stage=ex.stages(["two vectors", "the shadow of one", "what is left over", "a new basis"]),
    a=ex.point(1.8, 0.4),
    b=ex.point(0.6, 1.5),
):
    """Gram and Schmidt's way to two perpendicular vectors, in four stages."""
    along = (a @ b) / (a @ a) * a
    rest = b - along
    marks = [ex.arrow(a, name="a"), ex.arrow(b, name="b")]
    if stage >= 1:
        marks += [ex.segments(b[None], along[None]), ex.scatter(along[None], name="shadow of b")]
    if stage >= 2:
        marks += [ex.arrow(along, rest)]
    if stage >= 3:
        marks += [ex.arrow(a / a.norm()), ex.arrow(rest / rest.norm(), name="basis")]
    said = f"a · b = {a @ b:.2f}" if stage < 2 else f"a · rest = {(a @ rest).abs():.2f}"
    return ex.plot(*marks, x=(-1, 2), y=(-0.6, 2), aspect="equal", title=said, legend=False)
