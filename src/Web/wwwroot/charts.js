// Draws a figure's table. The table is the data: what the chart shows, a reader without it hears.
const drawn = new Set();

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const tonnes = kg => kg / 1000;
const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

const common = () => ({
  animationDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400,
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour('--ink'), fontSize: 13 },
  aria: { enabled: false },
});
const tooltip = () => ({
  renderMode: 'richText', // HTML would bring inline styles
  backgroundColor: colour('--paper-raised'), borderColor: colour('--rule-strong'), borderWidth: 1, padding: [8, 12],
  textStyle: { color: colour('--ink'), fontSize: 13 },
});
const valueAxis = () => ({
  type: 'value', splitLine: { lineStyle: { color: colour('--rule') } },
  axisLabel: { color: colour('--ink-quiet'), formatter: value => number.format(value) },
});
const nameAxis = data => ({
  type: 'category', data, axisTick: { show: false }, axisLine: { lineStyle: { color: colour('--rule-strong') } },
  axisLabel: { color: colour('--ink-quiet') },
});

const kinds = {
  months(table) {
    const rows = [...table.tBodies[0].rows];
    const scopes = [...table.tHead.rows[0].querySelectorAll('[data-scope]')];
    return {
      ...common(),
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 18, textStyle: { color: colour('--ink') }, icon: 'rect' },
      grid: { top: 40, right: 4, bottom: 4, left: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: { ...tooltip(), trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: value => `${number.format(value)} t` },
      xAxis: nameAxis(rows.map(row => row.cells[0].textContent.trim().slice(0, 3))),
      yAxis: valueAxis(),
      series: scopes.map((head, i) => ({
        name: head.textContent, type: 'bar', stack: 'scopes', barMaxWidth: 34, cursor: 'pointer',
        itemStyle: { color: colour(`--scope-${head.dataset.scope}`), borderColor: colour('--paper'), borderWidth: 1 },
        data: rows.map(row => tonnes(Number(row.cells[i + 1].dataset.kg))),
      })),
    };
  },
  categories(table) {
    const rows = [...table.tBodies[0].rows].reverse(); // ECharts counts from below
    const narrow = innerWidth < 600;
    const names = rows.map(row => row.cells[0].textContent.trim());
    return {
      ...common(),
      grid: { top: 4, right: 70, bottom: 4, left: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      tooltip: { ...tooltip(), trigger: 'item', formatter: point => {
        const cells = rows[point.dataIndex].cells;
        return `${names[point.dataIndex]}\n${cells[1].textContent.trim()} t, 95 % range ${cells[2].textContent.trim()}`;
      } },
      xAxis: { ...valueAxis(), splitNumber: 3 },
      yAxis: { ...nameAxis(names), axisLine: { show: !narrow, lineStyle: { color: colour('--rule-strong') } }, z: 7, axisLabel: narrow
        ? { color: colour('--ink'), inside: true, margin: 0, verticalAlign: 'bottom', padding: [0, 0, 8, 0] } // above its bar: no room beside it
        : { color: colour('--ink'), width: 240, overflow: 'truncate' } },
      series: [
        {
          type: 'bar', barMaxWidth: narrow ? 10 : 14, cursor: 'pointer', itemStyle: { color: colour('--scope-3') },
          data: rows.map(row => tonnes(Number(row.cells[1].dataset.kg))),
        },
        {
          type: 'custom', silent: true, z: 5, encode: { x: [1, 2], y: 0 },
          data: rows.map((row, i) => [i, tonnes(Number(row.dataset.low)), tonnes(Number(row.dataset.high))]),
          renderItem(_, api) {
            const [from, y] = api.coord([api.value(1), api.value(0)]);
            const [to] = api.coord([api.value(2), api.value(0)]);
            const style = { stroke: colour('--ink'), lineWidth: 1.25, fill: 'none' };
            const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
            return { type: 'group', children: [line(from, y, to, y), line(from, y - 4, from, y + 4), line(to, y - 4, to, y + 4)] };
          },
        },
        {
          type: 'scatter', silent: true, symbolSize: 0, z: 6,
          data: rows.map((row, i) => [tonnes(Math.max(Number(row.dataset.high), Number(row.cells[1].dataset.kg))), i]),
          label: { show: true, position: 'right', distance: 6, color: colour('--ink'), formatter: point => rows[point.dataIndex].cells[1].textContent.trim() },
        },
      ],
    };
  },
};

export async function draw(figure, library) {
  const { init } = await import(library);
  const table = figure.querySelector('table');
  const canvas = figure.querySelector('.chart-canvas');
  const kind = kinds[figure.dataset.chart];
  canvas.style.setProperty('--rows', table.tBodies[0].rows.length);
  const chart = init(canvas);
  chart.setOption(kind(table));
  chart.on('click', point => {
    const rows = [...table.tBodies[0].rows];
    const row = figure.dataset.chart === 'categories' ? rows[rows.length - 1 - point.dataIndex] : rows[point.dataIndex];
    row.querySelector('a').click();
  });
  const redraw = () => { chart.resize(); chart.setOption(kind(table), true); };
  const one = { figure, chart, redraw };
  drawn.add(one);
  new ResizeObserver(() => figure.isConnected ? chart.resize() : (chart.dispose(), drawn.delete(one))).observe(canvas);
  figure.dataset.drawn = 'true';
}

const redrawAll = () => { for (const { figure, redraw } of drawn) if (figure.isConnected) redraw(); };
addEventListener('theme', redrawAll);
document.fonts.addEventListener('loadingdone', redrawAll);
