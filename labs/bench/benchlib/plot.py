# SPDX-License-Identifier: BSD-3-Clause
"""Plots of measured series by gnuplot, as SVG that is the same every time.

One plot for each unit, one curve for each series; or, of rows that are no
series, a bar for each on a logarithmic scale.  A curve differs from the
others in colour, in dashes and in the shape of its points, so that it is told
from them on paper and by everyone.
"""

import math
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


_BARS = """\
set encoding utf8
set terminal svg size 720,{height} font "DejaVu Sans,14" noenhanced
set title "{title}" font ",13" textcolor "#55636f"
set xlabel "{unit}" offset 0,0.4 textcolor "#1c2733"
set logscale x
set format x "%.0s%c"
set xrange [{first}:{last}]
set yrange [{rows}.5:0.5]
set lmargin {margin}
set rmargin 3
set xtics {first},100 nomirror out font ",12"
set mxtics 1
set ytics nomirror scale 0 font ",12"
set border 3 linecolor "#55636f"
set grid xtics linetype 1 linewidth 0.5 linecolor "#d3dae1"
set style fill solid noborder
$bars << END
{data}
END
plot $bars using 2:1:({first}):2:($1-0.3):($1+0.3):ytic(4) \
    with boxxyerror linecolor "{colour}" notitle, \
    $bars using 2:1:3 with labels left offset 0.5,0 \
    font ",12" textcolor "#1c2733" notitle
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


def bars(title, unit, rows):
    """What gnuplot is told of rows that are no series.

    rows     [(name, text of value), ...]
    """
    values = [max(float(value), 1e-3) for _, value in rows]
    longest = max(len(name) for name, _ in rows)
    data = "\n".join(f'{number} {value} "{text}" "{name}"'
                     for number, (value, (name, text)) in
                     enumerate(zip(values, rows), 1))
    return _BARS.format(
        title=title, unit=unit, height=110 + 30 * len(rows), rows=len(rows),
        first=10.0 ** math.floor(math.log10(min(values)) - 0.1),
        # Room for the number of the longest bar.
        last=10.0 ** (math.ceil(math.log10(max(values))) + 2),
        margin=round(longest * 0.75) + 2,
        data=data, colour=CURVES[0][0])


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
        rows = measured.bars(unit)
        if series or len(rows) > 1:
            name = name_of(unit)
            if name in drawn:
                raise Refusal(f"two units would have the plot {name}; one of "
                              f"them is {unit!r}.")
            drawn[name] = draw(
                bars(measured.caption, unit, rows) if rows else
                script(measured.caption, unit, series))
    return drawn
