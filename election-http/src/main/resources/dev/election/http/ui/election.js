// One election on the page: its row, and what opens below it.

import * as charts from './charts.js';
import * as words from './words.js';

const FEW = 8;

export class Election {
  #parts;
  #data;
  #at = 0; // performance.now() when the data was asked for
  #terms = [];
  #renewals = [];
  #allChanges = false;
  #live = true;

  constructor(name, template, onToggle) {
    this.name = name;
    this.node = template.content.firstElementChild.cloneNode(true);
    this.#parts = selector => this.node.querySelector(selector);
    const button = this.#parts('h2 button');
    button.textContent = name;
    button.addEventListener('click', () => {
      this.open = !this.open;
      onToggle(this);
    });
    const detail = this.#parts('.detail');
    detail.id = `detail-of-${name}`;
    button.setAttribute('aria-controls', detail.id);
    const more = this.#parts('.more');
    more.addEventListener('click', () => {
      this.#allChanges = !this.#allChanges;
      this.#listChanges();
    });
    this.#parts('.margins details').addEventListener('toggle', () => this.#listRenewals());
  }

  get open() {
    return !this.#parts('.detail').hidden;
  }

  set open(open) {
    this.#parts('.detail').hidden = !open;
    this.#parts('h2 button').setAttribute('aria-expanded', open);
    this.node.classList.toggle('open', open);
  }

  get data() {
    return this.#data;
  }

  get leader() {
    return this.#data.leader?.name ?? null;
  }

  get leads() {
    return this.#data.candidates.some(each => each.leading);
  }

  /** When the first change was that this process knows of, or null. */
  get begin() {
    return this.#terms.length ? this.#terms[0].from : null;
  }

  matches(text) {
    return [this.name, this.leader ?? ''].some(each => each.toLowerCase().includes(text));
  }

  /** Who leads, in a sentence. */
  toString() {
    return {
      known: `${this.leader} leads ${this.name}`,
      none: `nobody leads ${this.name}`,
      unknown: `who leads ${this.name} is not known`,
    }[this.#data.state];
  }

  /** Takes what the server said, unless something newer is known, and tells whether it is news. */
  take(data, at, anew) {
    const before = this.#data;
    if (before && !anew && data.revision < before.revision) {
      return false;
    }
    this.#data = data;
    this.#at = at;
    const news = !before || before.revision !== data.revision;
    if (news || anew) {
      this.#show();
    }
    const changed = before !== undefined
      && (before.state !== data.state || before.leader?.name !== data.leader?.name
        || before.leader?.fencingToken !== data.leader?.fencingToken);
    if (changed) {
      this.node.classList.remove('changed');
      void this.node.offsetWidth; // lets the animation start again
      this.node.classList.add('changed');
    }
    return news;
  }

  /** Without a connection nothing is shown as if it were so now. */
  set live(live) {
    this.#live = live;
    this.#show();
  }

  takeHistory({changes, renewals}) {
    this.#terms = charts.terms(changes, Date.parse(changes.at(-1)?.time));
    this.#renewals = renewals;
    this.#listChanges();
    this.#listRenewals();
  }

  #show() {
    const {state, leader, problem, timing} = this.#data;
    const {node} = this;
    node.dataset.state = state;
    node.classList.toggle('leads', this.leads);
    const name = {known: leader?.name, none: 'nobody', unknown: 'not known'}[state];
    this.#parts('.leader .name').textContent = name;
    this.#parts('.leader .was').hidden = this.#live;
    this.#parts('.leader .swatch').setAttribute('class', state === 'known' ? `swatch hue-${charts.hue(name)}` : 'swatch');
    this.#parts('.leader .here').hidden = !this.leads || !this.#live;
    this.#parts('.token .value').textContent = leader?.fencingToken ?? '–';
    this.#parts('.problem').textContent = problem ?? '';
    this.#parts('.problem').hidden = problem === null;
    node.classList.toggle('troubled', problem !== null);
    this.#parts('.hero .what').textContent = this.#live
      ? {known: 'Leader', none: 'Leader', unknown: 'Leader'}[state] : 'Last known leader';
    const who = this.#parts('.hero .who');
    who.textContent = {known: leader?.name, none: 'Nobody leads', unknown: 'Not known'}[state];
    who.classList.toggle('lengthy', who.textContent.length > 28);
    this.#parts('.fencing').textContent = leader?.fencingToken ?? (state === 'known' ? 'unknown' : 'none');
    this.#showCandidates();
    this.#parts('.timing').replaceChildren(...[
      ['Lease', timing.leaseMillis], ['Renew deadline', timing.renewDeadlineMillis],
      ['Retry period', timing.retryMillis], ['Time to stop', timing.stopBudgetMillis],
    ].map(([what, millis]) => make('div', {}, make('dt', {}, what), make('dd', {}, words.exactly(millis)))));
  }

  #showCandidates() {
    const {candidates} = this.#data;
    this.#parts('.candidates').hidden = candidates.length === 0;
    this.#parts('.candidates tbody').replaceChildren(...candidates.map(({name, leading}) => make('tr', {},
      make('th', {scope: 'row'}, name),
      make('td', {}, make('span', {class: leading && this.#live ? 'role leading' : 'role'},
        this.#live ? (leading ? 'Leading' : 'Following') : '–')),
      make('td', {class: 'remaining'}, make('span', {class: 'meter', 'aria-hidden': 'true'}, make('span')),
        make('span', {class: 'number'}, '–')))));
  }

  /** Brings what depends on the time up to date. `now` is the server's wall clock. */
  tick(now) {
    const {state, leader, candidates, timing} = this.#data;
    const since = state === 'known' ? Date.parse(leader.since) : this.#terms.at(-1)?.from;
    const elapsed = performance.now() - this.#at;
    const long = this.#live && since !== undefined;
    this.#parts('.for').textContent = long ? words.roughly(now - since) : '–';
    if (!this.open) {
      return;
    }
    this.#parts('.since').replaceChildren(since === undefined ? '–' : time(since, now));
    this.#parts('.long').textContent = long ? words.duration(now - since) : '–';
    this.#parts('.seen').textContent = state === 'known' && this.#live
      ? `${words.seconds(leader.ageMillis + elapsed)} ago` : '–';
    [...this.#parts('.candidates tbody').rows].forEach((row, i) => {
      const {leading, remainingMillis} = candidates[i];
      const left = leading && this.#live ? Math.max(0, remainingMillis - elapsed) : null;
      row.querySelector('.remaining .number').textContent = left === null ? '–' : words.seconds(left);
      row.querySelector('.meter').hidden = left === null;
      row.querySelector('.meter span').style.inlineSize = `${100 * (left ?? 0) / timing.renewDeadlineMillis}%`;
    });
  }

  /** Draws what is seen, between two instants of the server's clock. Up to `until` we know. */
  draw(from, to, until) {
    const drawn = this.#terms.map((term, i) => i + 1 < this.#terms.length ? term : {...term, to: until});
    const title = ({leader, token, state, from, to}) =>
      `${state === 'known' ? `${leader}, token ${token ?? 'unknown'}` : 'not known'}: `
      + `${words.clock(from, until)} to ${words.clock(to, until)}, ${words.duration(to - from)}`;
    const changes = Math.max(0, drawn.filter(term => term.from > from).length);
    const label = `${words.count(changes, 'change')} of leader in the time shown. Now: ${this}.`;
    const strips = this.open ? '.timeline .strip' : '.row .strip';
    this.#parts(strips).setAttribute('aria-label', label);
    charts.strip(this.#parts(strips), drawn, from, to, title);
    if (this.open) {
      charts.axis(this.#parts('.timeline .axis'), from, to, words.tick);
      this.#drawMargins();
    }
  }

  #drawMargins() {
    const renewals = this.#renewals;
    const {renewDeadlineMillis} = this.#data.timing;
    this.#parts('.margins').hidden = renewals.length === 0;
    if (renewals.length === 0) {
      return;
    }
    const sorted = renewals.map(each => each.marginMillis).sort((a, b) => a - b);
    const figures = `The last ${words.count(renewals.length, 'renewal')} left ${words.seconds(sorted[0])} at the least, `
      + `${words.seconds(sorted[sorted.length >> 1])} in the median, of ${words.exactly(renewDeadlineMillis)}.`;
    this.#parts('.figures').textContent = figures;
    this.#parts('.plot').setAttribute('aria-label', `Bars, one for each renewal. ${figures}`);
    charts.margins(this.#parts('.plot'), renewals, renewDeadlineMillis, words.exactly);
  }

  #listChanges() {
    const terms = [...this.#terms].reverse();
    const now = terms[0]?.from ?? 0;
    const list = this.#parts('.changes ol');
    list.replaceChildren(...terms.slice(0, this.#allChanges ? terms.length : FEW).map(term => make('li', {},
      time(term.from, now),
      make('span', {class: term.state === 'known' ? `swatch hue-${charts.hue(term.leader)}` : `swatch ${term.state}`,
        'aria-hidden': 'true'}),
      make('span', {class: 'name'}, {known: term.leader, none: 'nobody', unknown: 'not known'}[term.state]),
      make('span', {class: 'number'}, term.token === null || term.token === undefined ? '' : `token ${term.token}`))));
    const more = this.#parts('.more');
    more.hidden = terms.length <= FEW;
    more.textContent = this.#allChanges ? `Show the last ${FEW}` : `Show all ${terms.length}`;
  }

  #listRenewals() {
    const table = this.#parts('.margins details');
    if (table.open) {
      table.querySelector('tbody').replaceChildren(...[...this.#renewals].reverse().map(({time: at, marginMillis}) =>
        make('tr', {}, make('td', {}, time(Date.parse(at), Date.now())), make('td', {}, words.seconds(marginMillis, 2)))));
    }
  }
}

export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

function time(at, now) {
  return make('time', {datetime: new Date(at).toISOString()}, words.clock(at, now));
}
