"""The page of a report in a real browser: no complaint, nothing asked of the network, in light and dark, wide and narrow.

Needs Chromium (Debian: `chromium-headless-shell`), and is skipped where there is none; with `KPIDSL_REQUIRE_BROWSER=1` it
fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from report_company import SCORED, asked, leads

import kpidsl

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    if browser.program() is None:
        message = "no Chromium here"
        if os.environ.get("KPIDSL_REQUIRE_BROWSER"):
            pytest.fail(f"{message} (KPIDSL_REQUIRE_BROWSER asks for it)", pytrace=False)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("report")
    file = folder / "report.html"
    file.write_bytes(kpidsl.render_report(asked(catalog=SCORED, by="channel")))
    with browser.running(folder / "profile") as running:
        yield running.open(file)


def test_nothing_is_complained_about_and_nothing_is_loaded(page: browser.Page) -> None:
    page.look(dark=True)
    page.picture()
    assert page.said == []
    assert [address for address in page.asked if not address.startswith("data:image/svg+xml,")] == [
        page.evaluate("location.href")
    ]


def test_nothing_hostile_runs_even_where_it_is_shown(page: browser.Page) -> None:
    assert page.evaluate("document.scripts.length") == 0
    assert "<script>alert(1)</script>" in page.evaluate("document.body.innerText")


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1600])
def test_the_page_is_as_wide_as_the_window(page: browser.Page, width: int) -> None:
    page.look(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(page: browser.Page, dark: bool) -> None:
    """Contrast of 4.5 to 1, as WCAG asks for, of the colours of text against the page."""
    page.look(dark=dark)
    for name in ("fg", "mu", "good", "bad", "link"):
        assert page.evaluate(_CONTRAST.replace("NAME", name)) >= 4.5, name


def test_light_and_dark_differ(page: browser.Page) -> None:
    shades = []
    for dark in (False, True):
        page.look(dark=dark)
        shades.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert shades[0] != shades[1]


def test_a_verdict_that_is_not_firm_has_no_colour_of_good_or_bad(page: browser.Page) -> None:
    page.look()
    colours = page.evaluate("[...document.querySelectorAll('.v.open')].map(each => getComputedStyle(each).color)")
    firm = page.evaluate("[...document.querySelectorAll('.v.within,.v.short')].map(each => getComputedStyle(each).color)")
    assert set(colours).isdisjoint(firm)


def test_all_that_can_be_used_can_be_reached_with_the_keyboard(page: browser.Page) -> None:
    used = page.evaluate("[...document.querySelectorAll('a,summary,.wide')].filter(each => each.tabIndex < 0).length")
    assert used == 0


def test_pictures_have_a_size_and_words(page: browser.Page) -> None:
    page.look()
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].map(each => [each.getBoundingClientRect().width, each.textContent])"
    )
    assert sizes
    assert all(width > 50 and words for width, words in sizes)


def test_it_prints(page: browser.Page, tmp_path: Path) -> None:
    printed = page.printed()
    assert printed.startswith(b"%PDF-")
    assert len(printed) > 10_000


def test_long_words_and_large_numbers_keep_their_place(page: browser.Page, tmp_path: Path) -> None:
    rows = leads().assign(amount=lambda each: each["amount"] * 1e12, channel="x" * 80)
    file = tmp_path / "wide.html"
    file.write_bytes(kpidsl.render_report(asked("average", "largest", "win_rate", data={"leads": rows}, by="channel")))
    wide = page.browser.open(file)
    for width in (390, 1100):
        wide.look(width=width)
        assert wide.evaluate("document.documentElement.scrollWidth") <= width
        assert wide.evaluate(_CUT.replace("ROWS", "tbody")) == 0


def test_no_text_is_cut_on_paper(page: browser.Page) -> None:
    page.look(width=700)
    page.tell("Emulation.setEmulatedMedia", media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('td,th')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
    )
    page.tell("Emulation.setEmulatedMedia", media="")
    assert cut == 0


_CUT = "[...document.querySelectorAll('ROWS :is(td,th)')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
_CONTRAST = """(() => {
  const look = document.createElement('p'); document.body.append(look);
  const light = name => {
    look.style.color = getComputedStyle(document.documentElement).getPropertyValue('--' + name);
    const parts = getComputedStyle(look).color.match(/\\d+/g).slice(0, 3).map(each => each / 255);
    const [red, green, blue] = parts.map(each => each <= .03928 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4);
    return .2126 * red + .7152 * green + .0722 * blue;
  };
  const one = light('NAME'), two = light('bg'); look.remove();
  return (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
})()"""
