#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the links of built HTML pages without a network.

Every href and src that names a local file must name one that exists, every
#fragment an id (or an old-style <a name>) of the page it points to, and no
page may give one id to two elements.  Links with a scheme (http, mailto) are
counted and left alone: a build must not depend on somebody else's server.

Reads each page once and in memory, so that the thousands of pages of the
interface reference take seconds; a general link checker takes minutes.

usage: linkcheck.py FOLDER      exit status 1 and a line per dead link
"""
import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """The ids that one page defines and the links that it holds."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.ids = set()
        self.twice = set()
        self.links = []

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if value is None:
                continue
            if key == "id":
                (self.twice if value in self.ids else self.ids).add(value)
            elif key == "name" and tag == "a":
                self.ids.add(value)
            elif key == "href" or key == "src":
                self.links.append((self.getpos()[0], value))


def load(folder):
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8", errors="replace"))
        pages[path.resolve()] = page
    return pages


def problem(pages, here, link):
    """A sentence about what is wrong with a link, or None."""
    url = urllib.parse.urlsplit(link)
    if url.scheme or url.netloc:
        return None
    target = here
    if url.path:
        target = (here.parent / urllib.parse.unquote(url.path)).resolve()
        if not target.exists():
            return "no such file"
        if target.is_dir():
            return "names a folder, not a page"
    fragment = urllib.parse.unquote(url.fragment)
    if fragment and target in pages and fragment not in pages[target].ids:
        return "no such anchor in " + target.name
    return None


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.rsplit("\n\n", 1)[1].strip())
    folder = pathlib.Path(sys.argv[1])
    pages = load(folder)
    if not pages:
        sys.exit(f"linkcheck: no HTML page in {folder}")
    bad = links = 0
    for here, page in pages.items():
        name = here.relative_to(folder.resolve())
        # Doxygen repeats ids of its own menus; only our pages must be clean.
        for twice in sorted(page.twice) if name.parts[0] != "api" else ():
            print(f"{name}: id {twice!r} is given twice")
            bad += 1
        for line, link in page.links:
            links += 1
            what = problem(pages, here, link)
            if what:
                print(f"{name}:{line}: dead link {link!r}: {what}")
                bad += 1
    if bad:
        sys.exit(f"linkcheck: {bad} dead links or ids in {len(pages)} pages")
    print(f"linkcheck: {links} links in {len(pages)} pages, none dead")


main()
