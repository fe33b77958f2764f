"""A person sees which part of a series a picture is of, why it is one, and where in the body and in time it lies."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Page

from discs import write_files
from enhanced import enhanced_mr
from instances import encode, make_instance

PLACES = 5


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two echoes, numbered place by place; an enhanced diffusion scan with its frames place by place; a film."""
    datasets = [
        make_instance(
            "mr", 2 * place + echo, series="echoes", SeriesNumber=1, SeriesDescription="Spin echo", EchoNumbers=echo,
            EchoTime=40 * echo, ImagePositionPatient=[-16, -16, 3.0 * place],
        )
        for place in range(PLACES)
        for echo in (1, 2)
    ]  # fmt: skip
    frames = [
        {"ImagePositionPatient": [-16, -16, 3.0 * place], "DiffusionBValue": 800.0 * b, "RescaleSlope": 1 + b,
         "RescaleIntercept": 0, "RescaleType": "US"}
        for place in range(PLACES)
        for b in (0, 1)
    ]  # fmt: skip
    datasets.append(enhanced_mr(frames, series="diffusion", SeriesNumber=2, SeriesDescription="Diffusion"))
    datasets.append(
        make_instance("multiframe", 1, series="film", SeriesNumber=3, SeriesDescription="Film", FrameTime=50)
    )
    folder = tmp_path_factory.mktemp("series")
    write_files(folder, {f"IM{n:04}": encode(ds) for n, ds in enumerate(datasets)})
    return folder


def choose(page: Page, name: str) -> None:
    found = page.browser.eval(
        f"(() => {{ const row = [...document.querySelectorAll('.series')].find((r) => r.innerText.includes({name!r}));"
        " row?.click(); return !!row; })()"
    )
    assert found, name
    page.browser.wait(f"document.querySelector('.series[aria-current=true]')?.innerText.includes({name!r})")


def test_parts_have_names_and_frames_say_what_they_are(page: Page, disc: Path) -> None:
    page.open(disc)
    rows = page.browser.eval("[...document.querySelectorAll('.series b')].map((b) => b.textContent)")
    assert rows[:4] == ["Echo 1 (40 ms) · Spin echo", "Echo 2 (80 ms) · Spin echo", "Diffusion", "Film"]
    choose(page, "Echo 2")
    page.browser.wait("document.querySelector('image-viewport').innerText.includes('Echo 2 (80 ms)')")
    assert "an earlier and a later echo" in page.text(".series[aria-current=true]")
    page.browser.wait("document.querySelector('image-viewport').innerText.includes('Image 3 / 5')")
    assert "Position 6.0 mm" in page.text("image-viewport")

    choose(page, "Diffusion")
    page.browser.wait("document.querySelector('image-viewport').innerText.includes('Image 3 / 10')")
    assert "b = 0 s/mm²" in page.text("image-viewport")
    page.browser.eval("scanfolio.step(5)")
    page.browser.wait("document.querySelector('image-viewport').innerText.includes('Image 8 / 10')")
    assert "b = 800 s/mm²" in page.text("image-viewport")
    assert "Position 6.0 mm" in page.text("image-viewport")

    choose(page, "Film")
    page.browser.wait("document.querySelector('.speed').innerText.includes('20')")
    choose(page, "Echo 1")
    page.browser.wait("document.querySelector('.speed').innerText.includes('15')")
