"""Links of a built site: each leads to a page, a file or a heading that is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}
FETCHED = ("stylesheet", "icon", "preload", "search")  # kinds of <link> that a browser follows


@dataclass
class Page(HTMLParser):
    """What a page refers to, and which places in it can be referred to."""

    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.names |= {values[name] for name in ("id", "name") if name in values}
        led = {"a": "href", "form": "action"}.get(tag, "")
        if led in values:
            self.links.append(values[led])
        if tag in LOADED and LOADED[tag] in values:
            kind = values.get("rel", "")
            if tag != "link" or any(word in kind for word in FETCHED):
                self.loads.append(values[LOADED[tag]])


def faults(site: Path) -> list[str]:
    """Return a sentence for each link that leads nowhere, and for what a reader would fetch."""
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        fetched = [link for link in page.loads if urlsplit(link).netloc]
        lost = [
            link for link in (*page.links, *page.loads) if not _leads_somewhere(link, path, pages)
        ]
        found += [f"{name} loads {link} from the network" for link in fetched]
        found += [f"{name} leads to {link}, which is not there" for link in lost]
    return found


def unreached(site: Path, begin: str = "index.html") -> list[str]:
    """Return the pages that no way from the first one leads to."""
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html"))}
    seen, waiting = set[Path](), [(site / begin).resolve()]
    while waiting:
        path = waiting.pop()
        if path in seen or path not in pages:
            continue
        seen.add(path)
        waiting += [_place(link, path) for link in pages[path].links if not urlsplit(link).scheme]
    return sorted(path.relative_to(site.resolve()).as_posix() for path in set(pages) - seen)


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _place(link: str, path: Path) -> Path:
    target = unquote(urlsplit(link).path)
    place = (path.parent / target).resolve() if target else path
    return place / "index.html" if place.is_dir() else place


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    place = _place(link, path)
    if place not in pages:
        return place.is_file() and not parts.fragment
    return not parts.fragment or unquote(parts.fragment) in pages[place].names
