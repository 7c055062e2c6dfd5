// The drawings: who led when, its axis, and the renewal margins. All in SVG made by DOM, in pixels of their own width.

const NS = 'http://www.w3.org/2000/svg';
const TICKS = [5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000]
  .map(seconds => seconds * 1000);
const HUES = 8;
const hues = new Map();

/** A number below 8 for each name: the same on the whole page, and as rarely shared as can be. */
export function hue(name) {
  if (!hues.has(name)) {
    hues.set(name, hues.size % HUES);
  }
  return hues.get(name);
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(NS, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** Terms from changes: `[{from, to, state, leader, token}]`, oldest first, the last one up to now. */
export function terms(changes, now) {
  const sorted = changes.map(change => ({...change, from: Date.parse(change.time)})).sort((a, b) => a.from - b.from);
  return sorted.map((change, i) => ({
    from: change.from,
    to: i + 1 < sorted.length ? sorted[i + 1].from : Math.max(now, change.from),
    state: change.state,
    leader: change.leader,
    token: change.fencingToken,
  }));
}

/** Who led when, between two instants. What is not known is hatched; where nobody led, only the base line is drawn. */
export function strip(svg, list, from, to, words) {
  const {width, height} = sized(svg);
  const x = at => (Math.max(from, Math.min(to, at)) - from) / (to - from) * width;
  const drawn = [element('line', {class: 'base', x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5})];
  list.filter(term => term.to > from && term.from < to && term.state !== 'none').forEach(term => {
    const left = x(term.from);
    const wide = Math.max(1.5, x(term.to) - left - 1);
    const known = term.state === 'known';
    const bar = element('rect', {
      class: known ? `hue-${hue(term.leader)}` : 'unknown', x: left, y: 0, width: wide, height, rx: Math.min(3, wide / 2),
    }, element('title', {}, words(term)));
    drawn.push(bar);
    if (known && height >= 20 && wide > 12 + 7.2 * term.leader.length) {
      drawn.push(element('text', {class: `on-hue-${hue(term.leader)}`, x: left + 7, y: height / 2 + 4}, term.leader));
    }
  });
  hatching();
  svg.replaceChildren(...drawn);
}

/** Times below a strip of the same width. */
export function axis(svg, from, to, format) {
  const {width} = sized(svg);
  const step = TICKS.find(tick => (to - from) / tick <= Math.max(2, width / 90)) ?? (to - from) / 4;
  const offset = new Date(to).getTimezoneOffset() * 60_000;
  const marks = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at < to; at += step) {
    const x = (at - from) / (to - from) * width;
    if (x > 18 && x < width - 52) {
      marks.push(element('text', {x, y: 12, 'text-anchor': 'middle'}, format(at, step)));
    }
  }
  marks.push(element('text', {x: width, y: 12, 'text-anchor': 'end'}, 'now'));
  svg.replaceChildren(...marks);
}

/** One bar for each renewal: what was left of the term when it was acknowledged. At 0 it would have been lost. */
export function margins(svg, renewals, limitMillis, label) {
  const {width, height} = sized(svg);
  const [left, top, bottom] = [34, 8, 6];
  const most = Math.max(limitMillis, ...renewals.map(each => each.marginMillis));
  const y = millis => top + (1 - Math.max(0, millis) / most) * (height - top - bottom);
  const step = (width - left) / Math.max(60, renewals.length);
  const level = (value, name) => [
    element('line', {class: name, x1: left, x2: width, y1: y(value), y2: y(value)}),
    element('text', {x: left - 7, y: y(value) + 4, 'text-anchor': 'end'}, label(value)),
  ];
  const bars = renewals.map(({marginMillis}, i) => element('rect', {
    class: marginMillis < limitMillis / 4 ? 'bar scarce' : 'bar',
    x: width - (renewals.length - i) * step,
    y: y(marginMillis),
    width: Math.max(1, step - 1),
    height: Math.max(1, y(0) - y(marginMillis)),
  }));
  svg.replaceChildren(...bars, ...level(limitMillis, 'limit'), ...level(0, 'base'));
}

function sized(svg) {
  const {width, height} = svg.getBoundingClientRect();
  svg.setAttribute('viewBox', `0 0 ${Math.max(1, width)} ${Math.max(1, height)}`);
  return {width: Math.max(1, width), height: Math.max(1, height)};
}

/** A pattern is found by its id, which is one for the whole page. */
function hatching() {
  if (!document.getElementById('hatching')) {
    const lines = element('path', {d: 'M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4'});
    const pattern = element('pattern', {id: 'hatching', width: 8, height: 8, patternUnits: 'userSpaceOnUse'}, lines);
    document.body.append(element('svg', {class: 'unseen', 'aria-hidden': 'true'}, pattern));
  }
}
