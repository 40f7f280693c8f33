'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const root = document.documentElement;
  const charts = [];

  const colour = name => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const palette = { combined: 'combined', rgb: 'rgb', depth: 'depth', normals: 'depth', normal: 'normal', defective: 'defective' };
  const dashes = [[], [7, 4], [2, 3]];
  const percent = value => (100 * value).toFixed(1) + ' %';

  function axis(title, extra) {
    return Object.assign({ title: { display: true, text: title } }, extra);
  }

  /* make() builds the configuration anew, so that a change of the colour scheme draws everything in the new colours. */
  function chart(id, make) {
    const canvas = document.getElementById(id);
    if (canvas === null) {
      return;
    }
    let drawn = null;
    const draw = () => {
      if (drawn !== null) {
        drawn.destroy();
      }
      Chart.defaults.color = colour('soft');
      Chart.defaults.borderColor = colour('line');
      drawn = new Chart(canvas, make());
    };
    charts.push(draw);
    draw();
    return draw;
  }

  function options(x, y, more) {
    return Object.assign({
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x, y },
      plugins: { legend: { position: 'bottom', labels: { boxWidth: 26, boxHeight: 1 } } },
    }, more);
  }

  function curves(series, xTitle, yTitle, xMax) {
    return {
      type: 'line',
      data: {
        datasets: series.map((s, i) => ({
          label: s.name + ' ' + s.area, data: s.points, pointRadius: 0, pointHitRadius: 6, borderWidth: 2,
          borderColor: colour(palette[s.name] || 'normal'), backgroundColor: colour(palette[s.name] || 'normal'),
          borderDash: dashes[i % dashes.length],
          clip: { left: 4, top: 4, right: 0, bottom: 4 },
        })),
      },
      options: options(
        axis(xTitle, { type: 'linear', min: 0, max: xMax, ticks: { callback: v => Math.round(100 * v) + ' %' } }),
        axis(yTitle, { min: 0, max: 1, ticks: { stepSize: 0.2, callback: v => Math.round(100 * v) + ' %' } }),
        { plugins: {
          legend: { position: 'bottom', labels: { boxWidth: 26, boxHeight: 1 } },
          tooltip: { callbacks: {
            title: items => xTitle + ' ' + percent(items[0].parsed.x),
            label: item => item.dataset.label.split(' ')[0] + ': ' + percent(item.parsed.y),
          } },
        } }),
    };
  }

  /* Thresholds as lines across the bars: a bar chart's axis counts bins, so their place is computed from the bins' ends. */
  function lines(h, limits) {
    return {
      id: 'limits',
      afterDatasetsDraw(chart) {
        const { ctx, chartArea: area, scales: { x } } = chart;
        const first = x.getPixelForValue(0);
        const step = x.getPixelForValue(1) - first;
        ctx.save();
        ctx.font = '600 12px ' + Chart.defaults.font.family;
        ctx.strokeStyle = ctx.fillStyle = colour('ink');
        ctx.lineWidth = 1.5;
        for (const limit of limits) {
          const at = first + ((limit.value - h.from) / h.width - 0.5) * step;
          ctx.setLineDash(limit.verdict === 'NG' ? [] : [5, 4]);
          ctx.beginPath();
          ctx.moveTo(at, area.top - (limit.verdict === 'NG' ? 17 : 2));
          ctx.lineTo(at, area.bottom);
          ctx.stroke();
          const text = limit.verdict + ' ' + limit.value.toFixed(2);
          ctx.textAlign = at > (area.left + area.right) / 2 ? 'right' : 'left';
          ctx.fillText(text, at, area.top - (limit.verdict === 'NG' ? 20 : 5));
        }
        ctx.restore();
      },
    };
  }

  function bins(h, datasets, xTitle, unit, more) {
    return Object.assign({
      type: 'bar',
      data: { labels: h.normal.map((count, i) => (h.from + (i + 0.5) * h.width).toFixed(1)), datasets },
      options: options(axis(xTitle, { stacked: true, grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 14 } }),
        axis('parts', { stacked: true, beginAtZero: true, ticks: { precision: 0 } }),
        { layout: { padding: { top: datasets.length > 1 ? 34 : 0 } }, plugins: {
          legend: { display: datasets.length > 1, position: 'bottom', labels: { boxWidth: 12, boxHeight: 12 } },
          tooltip: { callbacks: { title: items => {
            const from = h.from + items[0].dataIndex * h.width;
            return unit + ' ' + from.toFixed(2) + ' to ' + (from + h.width).toFixed(2);
          } } },
        } }),
    }, more);
  }

  function bars(label, counts, name) {
    return { label, data: counts, backgroundColor: colour(name), categoryPercentage: 1, barPercentage: 0.92, stack: 'parts' };
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

  const branch = document.getElementById('histogram-branch');
  const histogram = chart('histogram', () => {
    const h = data.histogram[branch.value];
    return bins(h, [bars('normal', h.normal, 'normal'), bars('defective', h.defective, 'defective')], 'score', 'score',
      { plugins: [lines(h, data.limits.filter(limit => limit.branch === branch.value))] });
  });
  if (branch !== null) {
    branch.addEventListener('change', histogram);
  }

  chart('latency', () => bins(data.latency, [bars('parts', data.latency.normal.map((count, i) => count + data.latency.defective[i]),
    'combined')], 'milliseconds', 'milliseconds'));
  chart('roc', () => curves(data.roc, 'normal parts called anomalous', 'defective parts found', 1));
  chart('pro', () => curves(data.pro, 'normal pixels marked', 'defect covered', 0.3));
  /* Colours tell the kinds, dashes the diameters; levels double, so that the axis is logarithmic. */
  function seen(series, xTitle) {
    const colours = { bump: 'depth', dent: 'combined', 'dark-stain': 'rgb', 'light-stain': 'combined' };
    const diameters = [...new Set(series.map(s => s.diameter))].sort((a, b) => b - a);
    const levels = series.length === 0 ? [] : series[0].points.map(point => point.x);
    const text = value => value >= 9.95 ? value.toFixed(0) : value.toPrecision(2);
    return {
      type: 'line',
      data: {
        datasets: series.map(s => ({
          label: s.name, data: s.points, pointRadius: 3, borderWidth: 2, borderColor: colour(colours[s.kind]),
          backgroundColor: colour(colours[s.kind]), borderDash: dashes[diameters.indexOf(s.diameter) % dashes.length],
        })),
      },
      options: options(
        axis(xTitle, { type: 'logarithmic', min: levels[0], max: levels[levels.length - 1],
          afterBuildTicks: scale => { scale.ticks = levels.map(value => ({ value })); }, ticks: { callback: text } }),
        axis('seen', { min: 0, max: 1, ticks: { stepSize: 0.2, callback: v => Math.round(100 * v) + ' %' } }),
        { plugins: {
          legend: { position: 'bottom', labels: { boxWidth: 26, boxHeight: 1 } },
          tooltip: { callbacks: {
            title: items => text(items[0].parsed.x) + ' ' + xTitle.split(', ')[1],
            label: item => item.dataset.label + ': ' + Math.round(100 * item.parsed.y) + ' %',
          } },
        } }),
    };
  }
  chart('seen-relief', () => seen(data.sensitivity.relief, 'height, mm'));
  chart('seen-stains', () => seen(data.sensitivity.stains, 'contrast, grey levels'));

  chart('loss', () => ({
    type: 'line',
    data: {
      labels: data.loss.epochs,
      datasets: [['rgb', 'rgb', 'rgb student'], ['depth', 'depth', 'depth student'],
        ['rgbValidation', 'rgb', 'rgb, validation'], ['depthValidation', 'depth', 'depth, validation']]
        .filter(([key]) => data.loss[key]).map(([key, branch, label]) => ({
          label, data: data.loss[key], borderColor: colour(branch), backgroundColor: colour(branch), borderWidth: 2,
          borderDash: key === branch ? [] : [7, 4], pointRadius: data.loss.epochs.length > 40 ? 0 : 2,
        })),
    },
    options: options(axis('epoch', { ticks: { maxRotation: 0, autoSkipPadding: 14 } }), axis('loss', { beginAtZero: true })),
  }));

  /* Also on paper, which is light. */
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    matchMedia(query).addEventListener('change', () => charts.forEach(draw => draw()));
  }

  /* The part's picture is stored once per part and laid under its three heat maps here. */
  for (const part of document.querySelectorAll('.part')) {
    const under = part.querySelector('.under');
    for (const heat of part.querySelectorAll('.heat')) {
      const copy = under.cloneNode();
      copy.alt = '';
      heat.before(copy);
    }
  }

  const gallery = document.getElementById('gallery');
  if (gallery !== null) {
    const sort = document.getElementById('sort');
    const show = document.getElementById('show');
    const verdict = document.getElementById('verdict');
    const judged = part => verdict === null || verdict.value === 'all'
      || (verdict.value === 'misjudged' ? part.dataset.wrong === '2' : part.dataset.verdict === verdict.value);
    const natural = new Intl.Collator('en', { numeric: true });
    const arrange = () => {
      const key = sort.value;
      const parts = [...gallery.children];
      parts.sort((a, b) => key === 'kind' || key === 'id'
        ? natural.compare(a.dataset[key], b.dataset[key]) || b.dataset.combined - a.dataset.combined
        : b.dataset[key] - a.dataset[key] || b.dataset.by - a.dataset.by);
      gallery.append(...parts);
      for (const part of parts) {
        part.hidden = show.value !== 'all' && part.dataset.state !== show.value || !judged(part);
      }
    };
    sort.addEventListener('change', arrange);
    show.addEventListener('change', arrange);
    if (verdict !== null) {
      verdict.addEventListener('change', arrange);
    }
    arrange();
    /* A link leads to its part, whatever is shown. */
    for (const link of document.querySelectorAll('.misjudged a')) {
      link.addEventListener('click', () => {
        if (document.querySelector(link.hash).hidden) {
          show.value = 'all';
          verdict.value = 'all';
          arrange();
        }
      });
    }
    document.getElementById('heat').addEventListener('input', e => root.style.setProperty('--heat', e.target.value));
  }
})();
