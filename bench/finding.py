"""What a search costs its reader: bytes until the first result, and the time of a question, at several sizes.

``python bench/finding.py`` builds 1,000 generated sheets with lunr and 10,000 with Pagefind, serves them on loopback and asks a real
Chromium. Bytes are brotli's; times are medians of seven, in milliseconds, once the engine is there: « première » is the first time
that a question is put (its part of the index may have to come), « ensuite » the same question again.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from generate import write

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.site.conftest import FLAGS, Quiet, chromium
from tests.site.test_finding import weigh

SIZES = ((1000, "lunr"), (10_000, "pagefind"))
QUESTIONS = ("énergie", "bois", "partenariat", "circuits courts", "financer une chaufferie", "46")
TIMES = """async ([root, questions]) => {
  const long = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => long.push(one.duration))).observe({ entryTypes: ["longtask"] });
  const { ready, search } = await import(root + "assets/js/search/search.js");
  await ready();
  const times = [];
  for (const question of questions) {
    let start = performance.now();
    const { hits } = await search(question);
    const first = performance.now() - start;
    const again = [];
    for (let n = 0; n < 7; n++) {
      start = performance.now();
      await search(question);
      again.push(performance.now() - start);
    }
    times.push([hits.length, first, again.sort((a, b) => a - b)[3]]);
  }
  const box = document.querySelector("#fiche-question");
  for (const letter of "partenariat association") {
    box.value += letter;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 80));
  }
  await new Promise((done) => setTimeout(done, 1500));
  return [times, Math.max(0, ...long)];
}"""


def main() -> None:
    """Print one table for each size."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for size, engine in SIZES:
            folder = Path(scratch) / str(size)
            print(f"… {size} fiches avec {engine}", file=sys.stderr)
            write(size, folder)
            settings = folder / "mkdocs.yml"
            settings.write_text(settings.read_text("utf-8").replace("recherche: lunr", f"recherche: {engine}"), "utf-8")
            subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet"], cwd=folder, check=True)
            server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder / "site")))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            table(browser, f"http://127.0.0.1:{server.server_port}/", folder / "site", f"{size} fiches, {engine}")
            server.shutdown()
            server.server_close()
        browser.close()


def table(browser: Browser, root: str, site: Path, title: str) -> None:
    """Ask every question, and type one."""
    sizes = []
    for question in QUESTIONS:
        page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        sizes.append(weigh(page, site, f"{root}explorer/?q={quote(question)}"))
        page.context.close()
    page = browser.new_page()
    page.goto(f"{root}explorer/")
    page.wait_for_selector(".explorer.live:not([aria-busy])")
    times, longest = page.evaluate(TIMES, [root, list(QUESTIONS)])
    page.close()
    print(f"\n{title:28}{'fiches':>8}{'octets':>9}{'première':>10}{'ensuite':>9}")
    for question, size, (count, first, again) in zip(QUESTIONS, sizes, times, strict=True):
        print(f"{question:28}{count:>8}{size:>9}{first:>10.1f}{again:>9.1f}")
    print(f"en tapant, la plus longue tâche de la page : {longest:.0f} ms")


if __name__ == "__main__":
    main()
