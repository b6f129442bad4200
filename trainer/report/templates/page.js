// Tables that sort and filter, and the confusion matrix: drag to move, wheel or buttons to come closer, point to read.
"use strict";
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.querySelectorAll("th[data-sort]")];
  const value = (row, place) => {
    const cell = row.cells[place], shown = cell.dataset.value ?? cell.textContent.trim();
    return shown === "" || isNaN(shown) ? shown.toLowerCase() : Number(shown);
  };
  for (const head of heads) head.addEventListener("keydown", event => { if (event.key === "Enter") head.click(); });
  for (const head of heads) head.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === "descending", place = head.cellIndex, body = table.tBodies[0];
    heads.forEach(each => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].sort((a, b) => {
      const x = value(a, place), y = value(b, place);
      return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
    });
    body.append(...rows);
  });
}
for (const field of document.querySelectorAll("input[data-filters]")) {
  const rows = [...document.getElementById(field.dataset.filters).tBodies[0].rows];
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
const canvas = document.querySelector(".matrix canvas");
if (canvas) drawMatrix(canvas, JSON.parse(document.getElementById("matrix-data").textContent));

function drawMatrix(canvas, data) {
  const pen = canvas.getContext("2d"), shown = document.querySelector(".shown"), words = data.words, labels = data.labels;
  const count = labels.length, totals = new Float64Array(count), at = new Map(), within = new Set();
  for (const [row, column, n, inside] of data.cells) { totals[row] += n; at.set(row * count + column, n); if (inside) within.add(row * count + column); }
  let scale = 1, left = 0, top = 0, fit = 1, drag = null, pinned = null;
  const probe = document.createElement("span");
  document.body.append(probe);
  const colour = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const named = 9, margin = () => scale * fit >= named ? 190 : 26;  // pixels of a cell from which names stand beside it

  function resize() {
    const sharp = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * sharp; canvas.height = canvas.clientHeight * sharp;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    const room = Math.min(canvas.clientWidth, canvas.clientHeight), beside = (room - 190) / count;
    fit = beside >= named ? beside : Math.min((room - 26) / count, named - .1);
    draw();
  }
  function draw() {
    const side = fit * scale, edge = margin(), width = canvas.clientWidth, height = canvas.clientHeight;
    const ink = colour("--text"), quiet = colour("--quiet"), line = colour("--line");
    const right = colour("--accent"), wrong = colour("--second"), bad = colour("--deadly");
    pen.clearRect(0, 0, width, height);
    pen.save();
    pen.beginPath(); pen.rect(edge, edge, width - edge, height - edge); pen.clip();
    pen.translate(edge - left, edge - top);
    pen.strokeStyle = line; pen.lineWidth = 1;
    for (const group of data.groups) {  // families: a frame around what stays inside one
      const start = group[0] * side, length = (group[1] - group[0]) * side;
      pen.fillStyle = colour("--panel"); pen.fillRect(start, start, length, length);
      pen.strokeRect(start + .5, start + .5, length, length);
      if (length > 28 && edge < 100) { pen.fillStyle = quiet; pen.font = "11px system-ui"; pen.fillText(group[2], start + length + 5, start + 11); }
    }
    for (const [row, column, n, inside] of data.cells) {
      const x = column * side, y = row * side;
      if (x - left > width || y - top > height || x + side < left || y + side < top) continue;
      const share = n / totals[row];
      pen.globalAlpha = inside ? .2 + .8 * share : .35 + .65 * share;
      pen.fillStyle = inside ? right : labels[row][1] > labels[column][1] && labels[row][1] >= 4 ? bad : wrong;
      const size = Math.max(side - (side > 6 ? 1 : 0), inside ? 1.6 : 4), shift = (size - side) / 2 * (size > side);
      pen.fillRect(x - shift, y - shift, size, size);
      if (side > 20) { pen.globalAlpha = 1; pen.fillStyle = ink; pen.font = "11px system-ui"; pen.fillText(n, x + 4, y + side / 2 + 4); }
    }
    pen.globalAlpha = 1;
    if (pinned) { pen.strokeStyle = ink; pen.strokeRect(pinned[1] * side, pinned[0] * side, side, side); }
    pen.restore();
    pen.fillStyle = quiet; pen.font = `${Math.min(12, Math.max(9, side * .8))}px system-ui`;
    if (edge > 100) {
      const first = Math.max(0, Math.floor(top / side)), last = Math.min(count - 1, Math.ceil((top + height) / side));
      for (let i = first; i <= last; i++) {
        const y = edge - top + (i + .5) * side;
        if (y > edge) { pen.textAlign = "right"; pen.fillText(labels[i][0], edge - 6, y + 4, edge - 10); }
      }
      const begin = Math.max(0, Math.floor(left / side)), end = Math.min(count - 1, Math.ceil((left + width) / side));
      for (let i = begin; i <= end; i++) {
        const x = edge - left + (i + .5) * side;
        if (x < edge) continue;
        pen.save(); pen.translate(x + 4, edge - 6); pen.rotate(-Math.PI / 2); pen.textAlign = "left";
        pen.fillText(labels[i][0], 0, 0, edge - 10); pen.restore();
      }
    } else {
      pen.textAlign = "left"; pen.font = "12px system-ui"; pen.fillText(words.said + " →", edge, 16);
      pen.save(); pen.translate(16, edge + 4); pen.rotate(-Math.PI / 2); pen.textAlign = "right"; pen.fillText("← " + words.true, 0, 0); pen.restore();
    }
    pen.textAlign = "left";
  }
  function cell(event) {
    const box = canvas.getBoundingClientRect(), edge = margin(), side = fit * scale;
    const row = Math.floor((event.clientY - box.top - edge + top) / side), column = Math.floor((event.clientX - box.left - edge + left) / side);
    return row >= 0 && column >= 0 && row < count && column < count ? [row, column] : null;
  }
  function nearest(found) {  // small cells are hard to hit: take the fullest within a few pixels
    if (!found) return null;
    const reach = Math.min(6, Math.ceil(4 / (fit * scale)));
    let best = found, most = at.get(found[0] * count + found[1]) ?? 0;
    if (!most) for (let r = found[0] - reach; r <= found[0] + reach; r++) for (let c = found[1] - reach; c <= found[1] + reach; c++) {
      const n = r >= 0 && c >= 0 && r < count && c < count ? at.get(r * count + c) ?? 0 : 0;
      if (n > most) { most = n; best = [r, c]; }
    }
    return best;
  }
  function tell(found) {
    if (!found) { shown.textContent = words.hint; return; }
    const n = at.get(found[0] * count + found[1]) ?? 0;
    const sentence = found[0] === found[1] ? words.right : within.has(found[0] * count + found[1]) ? words.inside : words.wrong;
    shown.textContent = sentence.replace("{true}", labels[found[0]][0]).replace("{said}", labels[found[1]][0])
      .replace("{photos}", n).replace("{total}", totals[found[0]]);
  }
  function zoom(by, x, y) {
    const before = margin(), next = Math.min(Math.max(scale * by, 1), Math.max(1, 40 / fit)), real = next / scale;
    left = (left + x - before) * real; top = (top + y - before) * real; scale = next;
    left -= x - margin(); top -= y - margin();
    keep(); draw();
  }
  function keep() {
    const side = fit * scale * count, edge = margin();
    left = Math.max(0, Math.min(left, side - (canvas.clientWidth - edge))); top = Math.max(0, Math.min(top, side - (canvas.clientHeight - edge)));
    left = Math.max(0, left); top = Math.max(0, top);
  }
  canvas.addEventListener("wheel", event => {
    if (scale <= 1 && event.deltaY > 0) return;  // nothing to leave: the page itself goes on
    event.preventDefault(); zoom(event.deltaY < 0 ? 1.25 : .8, event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("pointerdown", event => { drag = [event.clientX, event.clientY, left, top]; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", event => {
    if (drag) { left = drag[2] - event.clientX + drag[0]; top = drag[3] - event.clientY + drag[1]; keep(); draw(); }
    else tell(nearest(cell(event)));
  });
  canvas.addEventListener("pointerup", event => {
    if (drag && Math.hypot(event.clientX - drag[0], event.clientY - drag[1]) < 4) { pinned = nearest(cell(event)); tell(pinned); draw(); }
    drag = null;
  });
  canvas.addEventListener("keydown", event => {
    const step = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
    const by = { "+": 1.6, "=": 1.6, "-": .625 }[event.key];
    if (step) { left += step[0]; top += step[1]; keep(); draw(); }
    if (by) zoom(by, canvas.clientWidth / 2, canvas.clientHeight / 2);
    if (step || by) event.preventDefault();
  });
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => {
    const by = Number(button.dataset.zoom);
    if (by) zoom(by, canvas.clientWidth / 2, canvas.clientHeight / 2); else { scale = 1; left = top = 0; draw(); }
  });
  document.querySelector("[data-find]").addEventListener("input", event => {
    const wanted = event.target.value.trim().toLowerCase(), place = labels.findIndex(label => label[0].toLowerCase().startsWith(wanted));
    if (wanted.length < 2 || place < 0) return;
    scale = Math.max(1, 16 / fit); pinned = [place, place];
    const middle = (place + .5) * fit * scale;
    left = middle - (canvas.clientWidth - margin()) / 2; top = middle - (canvas.clientHeight - margin()) / 2;
    keep(); draw(); tell(pinned);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.addEventListener("resize", resize);
  resize(); tell(null);
}
