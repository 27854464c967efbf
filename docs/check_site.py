"""Opens every page of `site/` in a real browser and says what a reader would stumble over.

`make docs-check` calls it after the site was built: broken links and anchors, errors in the
console, anything from another host, a page that is wider than the phone, text that hardly shows.
Screenshots of every page, phone and desk, light and dark, go to a folder that it names.
"""

import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from browser import Browser, BrowserError

SITE = Path(__file__).resolve().parent.parent / "site"
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES = ("light", "dark")
# WCAG 2.2 AA asks 4.5 of text; what is larger or bold is rarer than to need its own rule.
CONTRAST = 4.5

LINKS = """({
  links: [...document.querySelectorAll("a[href]")].map(link => link.getAttribute("href")),
  ids: [...document.querySelectorAll("[id]")].map(one => one.id),
  titled: document.querySelectorAll("h1").length,
})"""
WIDER = """(() => {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("article *")]
    .filter(one => one.getBoundingClientRect().right > room + 1)
    .slice(0, 3).map(one => one.tagName.toLowerCase() + ": " + one.textContent.trim().slice(0, 40));
})()"""
WIDTH = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
PALE = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const known = {};
  const over = (colours) => known[colours] ??= mixed(colours);
  const mixed = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map(v => v / 255).map(
      v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = {};
  const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim()) continue;
    if (!element.checkVisibility({opacityProperty: true})) continue;
    if (element.closest(".headerlink, style, script")) continue;
    const style = getComputedStyle(element);
    const grounds = [];
    for (let one = element; one; one = one.parentElement) {
      grounds.unshift(getComputedStyle(one).backgroundColor);
    }
    grounds.unshift("white");
    const ink = element.closest("svg") ? style.fill : style.color;
    const a = light(over([...grounds, ink])), b = light(over(grounds));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const name = element.tagName.toLowerCase() + "." + element.className;
    if (ratio < LEAST && !(found[name] < ratio)) found[name] = Math.round(ratio * 100) / 100;
  }
  return Object.entries(found).map(([name, ratio]) => name + " has " + ratio);
})()""".replace("LEAST", str(CONTRAST))


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site and logs nothing."""

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


class Page(NamedTuple):
    """What a page links to, and what of it can be linked to."""

    links: list[str]
    ids: set[str]


def complaints(events: list[dict[str, Any]], home: str) -> Iterator[str]:
    """What the browser itself complained of while a page was loaded."""
    for event in events:
        params = event["params"]
        if event["method"] == "Runtime.exceptionThrown":
            yield f"script: {params['exceptionDetails'].get('text')}"
        elif event["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
            yield f"console: {params['entry']['text']} {params['entry'].get('url', '')}"
        elif event["method"] == "Runtime.consoleAPICalled" and params["type"] == "error":
            yield f"console: {params['args']}"
        elif event["method"] == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith((home, "data:", "blob:")):
                yield f"from another host: {url}"


def broken(found: dict[str, Page], home: str) -> Iterator[tuple[str, str]]:
    """Links that lead to no page or to no place of it; links to other hosts are not followed."""
    for url, page in found.items():
        for link in sorted(set(page.links)):
            goal, anchor = urldefrag(urljoin(url, link))
            if not goal.startswith(home):
                continue
            goal = goal + "index.html" if goal.endswith("/") else goal
            place = SITE / unquote(urlsplit(goal).path).lstrip("/")
            if not place.is_file():
                yield url, f"broken link: {link}"
            elif anchor and goal in found and unquote(anchor) not in found[goal].ids:
                yield url, f"broken anchor: {link}"


def inspect(browser: Browser, url: str, home: str, shots: Path) -> tuple[Page, dict[str, None]]:
    """One page in every width and scheme: what it links to, and what is wrong with it."""
    wrong = dict.fromkeys(complaints(browser.open(url), home))
    told = browser.evaluate(LINKS)
    if told["titled"] != 1:
        wrong[f"it has {told['titled']} titles"] = None
    name = url.removeprefix(home).replace("/", "-").removesuffix(".html")
    for scheme in SCHEMES:
        for device, (width, height) in WIDTHS.items():
            browser.look(width, height, scheme)
            browser.evaluate("new Promise(done => setTimeout(done, 60))")
            if browser.evaluate(WIDTH) > 0:
                wrong[f"wider than a {device}: {browser.evaluate(WIDER)}"] = None
            for pale in browser.evaluate(PALE):
                wrong[f"pale in {scheme}: {pale}"] = None
            picture = browser.send("Page.captureScreenshot", format="png")["data"]
            (shots / f"{name}-{device}-{scheme}.png").write_bytes(_decoded(picture))
    return Page(told["links"], set(told["ids"])), wrong


def _decoded(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text)


def main() -> int:
    """Inspects the pages that are named, or all; 1 where something is wrong."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/"
    shots = Path(tempfile.mkdtemp(prefix="padstone-guide-"))
    files = sorted(SITE.rglob("*.html"))
    wanted = [file for file in files if not sys.argv[1:] or file.stem in sys.argv[1:]]
    found: dict[str, Page] = {}
    wrong: dict[str, dict[str, None]] = defaultdict(dict)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Browser(folder) as browser,
    ):
        for file in wanted:
            url = home + file.relative_to(SITE).as_posix()
            found[url], wrong[url] = inspect(browser, url, home, shots)
    for url, problem in broken(found, home):
        wrong[url][problem] = None
    for url, problems in wrong.items():
        for problem in problems:
            print(f"{url.removeprefix(home)}  {problem}")
    count = sum(map(len, wrong.values()))
    print(f"{len(found)} pages, {len(WIDTHS) * len(SCHEMES)} looks each: {count} problems; {shots}")
    return 1 if count or not found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrowserError as error:
        sys.exit(f"error: {error}")
