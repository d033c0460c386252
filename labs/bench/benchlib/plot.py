# SPDX-License-Identifier: BSD-3-Clause
"""Plots of measured series by gnuplot, as SVG that is the same every time.

One plot for each unit, one curve for each series.  A curve differs from the
others in colour, in dashes and in the shape of its points, so that it is told
from them on paper and by everyone.
"""

import re
import shutil
import subprocess

from .words import Refusal

#: Colour, dash type, point type; more series than these begin again.
CURVES = (("#1f5f99", 1, 7), ("#b3372f", 2, 5), ("#2f7d4f", 4, 9),
          ("#6a4a94", 5, 13), ("#8a5a00", 3, 11))

_SCRIPT = """\
set encoding utf8
set terminal svg size 720,430 font "DejaVu Sans,14" noenhanced linewidth 1.3
set title "{title}" font ",13" textcolor "#55636f"
set xlabel "virtual CPUs" offset 0,0.4 textcolor "#1c2733"
set ylabel "{unit}" textcolor "#1c2733"
set xrange [{first}:{last}]
set xtics {first_tic},{every} nomirror out
set yrange [{bottom}:{top}]
set ytics nomirror out
set format y "%.10g"
set border 3 linecolor "#55636f"
set grid ytics linetype 1 linewidth 0.5 linecolor "#d3dae1"
set key outside below center horizontal height 1.5 textcolor "#1c2733"
{data}
plot {curves}
"""


def name_of(unit):
    """The file name of a unit's plot."""
    return re.sub(r"[^a-z0-9]+", "-", unit.lower()).strip("-") + ".svg"


def script(title, unit, series):
    """What gnuplot is told.

    series   {name: [(N, text of value), ...]}
    """
    data, curves = [], []
    for number, (name, points) in enumerate(series.items()):
        colour, dash, shape = CURVES[number % len(CURVES)]
        data += [f"$series{number} << END",
                 *(f"{n} {value}" for n, value in points), "END"]
        curves.append(
            f'$series{number} using 1:2 title "{name}" with linespoints '
            f'linecolor "{colour}" dashtype {dash} linewidth 2 '
            f"pointtype {shape} pointsize 0.8")
    numbers = [n for points in series.values() for n, _ in points]
    values = [float(value) for points in series.values()
              for _, value in points]
    first, last = min(numbers), max(numbers)
    return _SCRIPT.format(
        title=title, unit=unit, first=first - 0.2, last=last + 0.2,
        first_tic=first, every=max(1, (last - first) // 16),
        bottom="*" if min(values) < 0 else 0,
        top="*" if any(values) else 1,      # gnuplot warns of a flat 0
        data="\n".join(data),
        curves=", \\\n    ".join(curves))


def draw(commands):
    """Run gnuplot; the SVG as text."""
    program = shutil.which("gnuplot")
    if program is None:
        raise Refusal("gnuplot is not installed; `make deps` installs it, "
                      "`make doctor` says what else is lacking.")
    done = subprocess.run([program, "-d", "-"], input=commands, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0 or done.stderr.strip() or \
            not done.stdout.rstrip().endswith("</svg>"):
        said = (done.stderr.strip() or "it drew nothing").splitlines()[-1]
        raise Refusal(f"gnuplot failed: {said.rstrip('.')}.")
    return done.stdout


def plots(measured):
    """{file name: SVG} of a Measured; a series of one point is no curve."""
    drawn = {}
    for unit in measured.units:
        series = {name: points
                  for name, points in measured.series(unit).items()
                  if len(points) > 1}
        if series:
            name = name_of(unit)
            if name in drawn:
                raise Refusal(f"two units would have the plot {name}; one of "
                              f"them is {unit!r}.")
            drawn[name] = draw(script(measured.caption, unit, series))
    return drawn
