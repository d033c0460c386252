#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Proves that the checks of the documents fail when they should.

Each row feeds one tool a small input with one defect and says whether the
tool must refuse it.  The commands and options are those of the Makefile.
Prints TAP.  Run from the root of the repository.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

DOCS = pathlib.Path(__file__).resolve().parent.parent

# A document, and whether Asciidoctor must take it.
PAGES = (
    ("a page without defect", True, "= T\n\n[#a]\n== A\n\nSee <<a>>.\n"),
    ("a tagged region that exists", True,
     "= T\n\n----\ninclude::code.c[tag=here]\n----\n"),
    ("a tagged region that is gone", False,
     "= T\n\n----\ninclude::code.c[tag=gone]\n----\n"),
    ("a tagged region that does not end", False,
     "= T\n\n----\ninclude::code.c[tag=open]\n----\n"),
    ("an included file that is gone", False, "= T\n\ninclude::gone.adoc[]\n"),
    ("a figure that is gone", False, "= T\n\nimage::gone.svg[a]\n"),
    ("an attribute that is not set", False, "= T\n\n{nowhere}\n"),
    ("a section at the wrong level", False, "= T\n\n== A\n\n==== B\n"),
)
CODE = ("/* tag::here[] */\nint x;\n/* end::here[] */\n"
        "/* tag::open[] */\nint y;\n")

# A built page, and whether the link check must take it.
LINKS = (
    ("links that lead somewhere", True,
     '<p id="a"><a href="#a">a</a><a href="https://example.org/">b</a>'),
    ("a link to a page that is gone", False, '<a href="gone.html">a</a>'),
    ("a link to an anchor that is gone", False, '<a href="#gone">a</a>'),
    ("an image that is gone", False, '<img src="gone.svg">'),
    ("one id given twice", False, '<p id="a"></p><p id="a"></p>'),
)

# A source file, its name, and whether Doxygen must take it.
SOURCES = (
    ("a documented function", True, "x.c",
     "/** Adds, or raises #UD.\n * @param a one\n * @return it */\n"
     "int f(int a) { return a; }\n"),
    ("an undocumented function", False, "x.c", "int f(void) { return 1; }\n"),
    ("an undocumented inline function of a header", False, "x.h",
     "static __inline int\nf(void)\n{\n\treturn (1);\n}\n"),
    ("an undocumented parameter", False, "x.c",
     "/** Adds.\n * @param a one\n * @return it */\n"
     "int f(int a, int b) { return a + b; }\n"),
    ("a static function, which needs none", True, "x.c",
     "static int f(void) { return 1; }\n"),
)

VECTORS = "/**\n * @name Basic exit reasons\n */\n#define EXIT_REASON_A\t0u\n"

# The control words, each with bit 0, and the names of these bits.
CONTROLS = ("pin", "proc", "proc2", "proc3", "exit", "exit2", "entry")
BITS = "".join(f"#define\t\t{word.upper()}_CTLS_A\t0x1u\n"
               for word in CONTROLS)
NAMES = "".join(f"char *const {word}_names[64] = {{\n\t[0] = \"a\",\n}};\n"
                for word in CONTROLS)


def run(command, cwd=DOCS, text=None):
    """Whether a command succeeds."""
    done = subprocess.run(command, cwd=cwd, input=text, text=True,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def page(folder, text, *options):
    (folder / "code.c").write_text(CODE)
    (folder / "t.adoc").write_text(text)
    return run(["asciidoctor", "--failure-level=WARN", "-a", "data-uri",
                "-a", "attribute-missing=warn", *options,
                "-o", folder / "t.html", folder / "t.adoc"])


def region_marks(folder, text):
    """A listing with the marks of a lab's region; the marks must go."""
    taken = page(folder, text, "-r", "./tools/asciidoctor.rb")
    return taken and "LAB 01.1" not in (folder / "t.html").read_text()


def links(folder, text):
    (folder / "t.html").write_text(text)
    return run([sys.executable, "tools/linkcheck.py", folder])


def source(folder, name, text):
    # In the tree, where the filter looks for what it has written.
    inputs = DOCS.parent / "build" / "docs" / "selftest" / folder.name
    inputs.mkdir(parents=True, exist_ok=True)
    (inputs / name).write_text("/** @file\n * A file. */\n" + text)
    run([sys.executable, "-IS", "doxygen/filter.py", "../build/docs/filtered",
         inputs / name])
    setup = (DOCS / "doxygen" / "Doxyfile").read_text()
    setup += f'\nINPUT = "{inputs}"\nOUTPUT_DIRECTORY = "{folder}"\n'
    return run(["doxygen", "-"], text=setup)


def reasons(folder, names):
    (folder / "vmx_exit.h").write_text(VECTORS)
    (folder / "vmx_names.c").write_text(names)
    return run([sys.executable, "tools/vmx_tables.py", "exit-reasons",
                folder])


def bits(folder, names):
    (folder / "vmx_vmcs.h").write_text(BITS)
    (folder / "vmx_ctls.c").write_text(names)
    return run([sys.executable, "tools/vmx_tables.py", "control-bits",
                folder])


def matrix(folder, pattern):
    """A matrix of one row over a tree of one test."""
    area = folder / "docs"
    area.mkdir()
    (area / "tests.toml").write_text('[[test]]\nname = "one"\n')
    (folder / "m.toml").write_text(
        f'[[subject]]\ntitle = "t"\ntests = ["{pattern}"]\n')
    return run([sys.executable, "tools/matrix.py", folder / "m.toml", folder])


# Two steps: {file of the old: text}, {file of the new: text}; a text that
# begins with -> is a link.
OLD = {"a.c": "int\nf(void)\n{\n\tone();\n\t/* LAB 01.1 begin: x */\n"
              "\ttwo();\n\t/* LAB 01.1 end */\n\treturn (0);\n}\n",
       "b.c": "int b;\n", "c.c": "int c;\n", "d.c": "int d;\n",
       "tests.toml": "->../../final/c.c", "e.c": "->../../final/e.c"}
NEW = {"a.c": "int\nf(void)\n{\n\tone();\n\t/* tag::t[] */\n\tthree();\n"
              "\tfour();\n\treturn (0);\n}\n",
       "b.c": "->../01-old/b.c", "c.c": "->../../final/c.c",
       "e.c": "->../../final/e.c", "f.c": "int f;\nint g;\n",
       "tests.toml": "# dropped: d.c nobody calls it\n"}
DIFF = """// Made by docs/tools/step_diff.py from 01-old, 02-new.
.Step 02-new against step 01-old
[cols="4,9,>2,>2",options="header,footer",stripes=even]
|===
| File | | Lines new | Lines gone

| `+f.c+` | new | 2 |
| `+a.c+` | changed | 3 | 3
| `+tests.toml+` | changed | 1 | 1
| `+c.c+` | link to `+final/c.c+`, which was a file of its own | |
| `+d.c+` | dropped: nobody calls it | | 1
| All | as `make check` counts | 6 | 5
|===

.`+a.c+`
[source,diff,subs="specialchars"]
----
--- 01-old/a.c
+++ 02-new/a.c
@@ -2,6 +2,7 @@
 f(void)
 {
 \tone();
-\ttwo();
+\tthree();
+\tfour();
 \treturn (0);
 }
----

.`+tests.toml+`
[source,diff,subs="specialchars"]
----
--- 01-old/tests.toml
+++ 02-new/tests.toml
@@ -1,1 +1,1 @@
-int c;
+# dropped: d.c nobody calls it
----
"""


def step(folder, files):
    folder.mkdir(parents=True)
    for name, text in files.items():
        if text.startswith("->"):
            (folder / name).symlink_to(text[2:])
        else:
            (folder / name).write_text(text)


def step_diff(folder, change):
    """The difference of two steps, one with a change, is as it should be."""
    step(folder / "final", {"c.c": "int c;\n", "e.c": "int e;\n"})
    step(folder / "steps/01-old", OLD)
    step(folder / "steps/02-new", NEW | change)
    done = subprocess.run(
        [sys.executable, "tools/step_diff.py", folder / "steps/01-old",
         folder / "steps/02-new"], cwd=DOCS, text=True, check=False,
        stdout=subprocess.PIPE)
    (folder / "t.adoc").write_text(done.stdout)
    return done.returncode == 0 and done.stdout == DIFF and run(
        ["asciidoctor", "--failure-level=WARN", folder / "t.adoc"])


# A folder like final/sys, and the table that must be made of it.
MASTER = ("1\tSTD\texit(int rval)\n20\tMPSAFE\tgetpid(void)\n"
          "489\tNUMBER\tlater(int a)\n")
SYS = {"kern/syscalls.master": MASTER,
       "kern/a.c": "int sys_declared(int a);\nint\nsys_exit(int a)\n{\n}\n"
                   "#define ID(name) \\\n\tint sys_##name(int a) \\\n"
                   "\t{ return 0; }\nID(getpid)\n",
       "emulation/linux/syscalls.master": "39\tMPSAFE\tgetpid(void)\n",
       "emulation/linux/l.c": "#define SAME(name, native) \\\n"
                              "\tint sys_linux_##name(int a) \\\n"
                              "\t{ return sys_##native(a); }\n"
                              "SAME(getpid, getpid)\n"}
CALLS = {"native": [("1", "`+exit+`", "", "`a.c`"),
                    ("20", "`+getpid+`", "yes", "`a.c`"),
                    ("489", "`+later+`", "", "its number only")],
         "linux": [("39", "`+getpid+`", "yes", "`linux/l.c` as native")]}


def output(tool, *arguments):
    """What a tool prints, or None if it fails."""
    done = subprocess.run([sys.executable, f"tools/{tool}", *arguments],
                          cwd=DOCS, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


def table_builds(folder, text):
    (folder / "t.adoc").write_text(text)
    return run(["asciidoctor", "--failure-level=WARN", folder / "t.adoc"])


def calls(folder, which, change):
    """The table of system calls of a tree with a change, as it should be."""
    sources = SYS | change
    for name, text in sources.items():
        path = folder / "sys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(DOCS.parent / "final/sys/kern/makesyscalls.py",
                folder / "sys/kern")
    text = output("syscall_table.py", which, folder / "sys")
    if text is None:
        return False
    body = text.split("\n\n", 1)[1]
    cells = [line.removeprefix("|").strip() for line in body.splitlines()
             if line.startswith("|") and line != "|==="]
    return table_builds(folder, text) and cells == [
        cell for row in CALLS[which] for cell in row]


# A file of each area: one line is blank, one a comment, the rest is code.
AREA_FILES = ("sys/sys/a.h", "sys/kern/a.c", "sys/vm/a.c", "sys/vfs/ufs/a.c",
              "sys/dev/md/a.c", "sys/emulation/linux/a.c",
              "sys/platform/pc64/vmm/a.c", "sys/platform/pc64/x86_64/a.S",
              "lib/libc/a.c", "sbin/init/a.c", "test/unit/a.c")
LINES = "/* one\n * comment */\n\nint a;\nint b; /* and this */\n"


def lines(folder, change):
    """The lines of a tree with a change are as they should be."""
    sources = dict.fromkeys(AREA_FILES, LINES) | change
    sources["sys/kern/b.py"] = "# comment\n\nx = 1  # code\n"
    sources["sys/kern/ignored.txt"] = "text\n"
    for name, text in sources.items():
        if text is not None:
            path = folder / "final" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    text = output("line_counts.py", folder / "final")
    return (text is not None and table_builds(folder, text) and
            "| `vm` | 1 | 5 | 2\n" in text and
            "| `kern`, `libkern` | 2 | 8 | 3\n" in text and
            "| All | 12 | 58 | 23\n" in text)


def figure(folder, text):
    (folder / "f.dot").write_text(text)
    return run(["dot", "-Tsvg", folder / "f.dot", "-o", folder / "f.svg"])


def rows():
    """Every test: its name, what must come out, the check, its arguments."""
    for name, good, text in PAGES:
        yield name, good, page, (text,)
    yield ("marks of a lab's region, and drops them", True, region_marks,
           ("= T\n\n----\n/* LAB 01.1 begin: x */\nint x;\n----\n",))
    for name, good, text in LINKS:
        yield name, good, links, (text,)
    for name, good, file, text in SOURCES:
        yield name, good, source, (file, text)
    yield ("an exit reason with words", True, reasons,
           ('[EXIT_REASON_A] = { "a", "It is a." },',))
    yield "an exit reason without words", False, reasons, ("",)
    yield ("words for a reason that is not there", False, reasons,
           ('[EXIT_REASON_A] = { "a", "A." },'
            '[EXIT_REASON_B] = { "b", "B." },',))
    yield "control bits with names", True, bits, (NAMES,)
    yield ("a control bit without a name", False, bits,
           (NAMES.replace('[0] = "a",', ""),))
    yield ("a name for a control bit that is not there", False, bits,
           (NAMES.replace('[0] = "a",', '[0] = "a", [1] = "b",'),))
    yield "a matrix row with a test", True, matrix, ("docs.o*",)
    yield "a matrix row without a test", False, matrix, ("two",)
    yield "two steps whose difference is as it should be", True, step_diff, (
        {},)
    for name, change in (
            ("a file that has changed", {"a.c": NEW["a.c"] + "int x;\n"}),
            ("a file that is new", {"g.c": "int g;\n"}),
            ("a link that leads elsewhere", {"e.c": "->../../final/c.c"}),
            ("a link that became a file", {"e.c": "int e;\n"}),
            ("a file that is kept", {"d.c": "->../01-old/d.c"})):
        yield f"{name} as no difference", False, step_diff, (change,)
    for which in CALLS:
        yield f"{which} calls, each with its function", True, calls, (
            which, {})
    for name, change in (
            ("a call without a function", {"kern/a.c": SYS["kern/a.c"].replace(
                "sys_exit", "sys_other")}),
            ("a function without a call",
             {"kern/b.c": "int\nsys_more(int a)\n{\n}\n"}),
            ("a function that is there twice",
             {"kern/b.c": "int\nsys_exit(int a)\n{\n}\n"}),
            ("a line that is no call", {"kern/syscalls.master": "1 exit\n"})):
        yield name, False, calls, ("native", change)
    yield "lines of every area", True, lines, ({},)
    yield ("a source in a folder that is no area", False, lines,
           ({"games/a.c": LINES},))
    yield "an area without a file", False, lines, ({"sys/vm/a.c": None},)
    yield "a figure", True, figure, ("digraph { a -> b; }",)
    yield "a figure with a syntax error", False, figure, ("digraph { a -> ",)


def main():
    tests = list(rows())
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, good, check, arguments) in enumerate(tests, 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="docs-selftest-"))
        try:
            passed = check(folder, *arguments) == good
        finally:
            shutil.rmtree(folder)
        failed += not passed
        verdict = "ok" if passed else "not ok"
        print(f"{verdict} {number} - {'takes' if good else 'refuses'} {name}",
              flush=True)
    return 1 if failed else 0


sys.exit(main())
