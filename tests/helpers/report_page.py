"""A page such as the trainer writes, with one of everything that a report holds and what nobody may follow."""

from __future__ import annotations

import base64
import io

from PIL import Image


def picture() -> str:
    """A small red photo as data."""
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(stream, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"


def report_page(file: str = "/no/file.png") -> str:
    """Two sections; `file` is named where a report names no file."""
    photo = f'<figure><img src="{picture()}" alt="" loading="lazy"><figcaption>It was <b>Boletus</b>'
    chip = '<span class="chip deadly">deadly</span></figcaption></figure>'
    return f"""<!doctype html><html lang="en"><head><title>Title</title><style>p {{ color: red }}</style></head><body>
<header><h1>How well it knows</h1><div class="warning"><p>A machine's guess &amp; no more.</p></div></header>
<nav><div><a href="#short">in short</a><a href="#certainty">certainty</a></div></nav><main>
<section id="short"><h2>In short</h2><div class="cards"><div class="card danger"><b>93 %</b><strong>rang</strong></div>
<div class="card"><b>2</b><span>of three</span></div><div class="card"><b>7</b><span>last</span></div></div>
<table><thead><tr><th data-sort>label</th></tr></thead><tbody><tr><td class="number"><span class="bar bad">
<i style="width:40%"></i></span>40 %</td></tr></tbody></table><div class="photos">{photo} {chip}{photo} {chip}</div>
<img src="{file}"><img src="http://example.org/x.png"></section>
<section id="certainty"><h2>Certainty</h2><div class="tools"><button>Whole</button><input type="search"></div>
<div class="legend"><span style="--mark:var(--accent)">right</span></div>
<svg viewBox="0 0 460 260" role="img"><title>no</title>
<path class="first" d="M0 0L460 260"></path><text x="1" y="20">25 % &lt; all</text></svg>
<canvas>x</canvas>
<details><summary>More</summary><p>Scores</p></details></section></main><script>alert("1 < 2")</script></body></html>"""
