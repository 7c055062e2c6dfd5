// The page: all elections of one process, kept up to date.

import {axis} from './charts.js';
import {Election, make} from './election.js';
import {Feed} from './feed.js';
import * as words from './words.js';

const MANY = 8;
const LEAST_WINDOW_MILLIS = 60_000;
const HISTORIES_AT_ONCE = 4;

const $ = selector => document.querySelector(selector);

class Page {
  #elections = new Map();
  #feed = new Feed(this);
  #live = false;
  #anew = true; // whether what comes next is from a new connection, and so from a new count of revisions perhaps
  #until = 0; // up to when we know, by the server's clock
  #wanted = new Set(); // whose history is to be asked for
  #asking = 0;
  #chosen = false;
  #news = [];
  #drawing = 0;
  #problems = '';

  constructor() {
    $('#zone').textContent = words.ZONE;
    $('#token').addEventListener('submit', event => this.#useToken(event));
    $('#forget').addEventListener('click', () => this.#feed.forgetToken());
    $('#filter').addEventListener('input', () => this.#filter());
    $('#window').addEventListener('change', () => {
      this.#chosen = true;
      this.#draw();
    });
    addEventListener('hashchange', () => this.#openLinked());
    new ResizeObserver(() => this.#draw()).observe($('main'));
    setInterval(() => this.#tick(), 1_000);
    setInterval(() => this.#live && this.#draw(), 5_000);
    setInterval(() => this.#askOpen(), 2_000);
    setInterval(() => this.#announce(), 1_500);
    this.#feed.connect();
  }

  // ---- What the feed tells

  elections(list, sent) {
    const names = new Set(list.map(each => each.election));
    [...this.#elections.keys()].filter(name => !names.has(name)).forEach(name => {
      this.#elections.get(name).node.remove();
      this.#elections.delete(name);
    });
    const anew = this.#anew;
    this.#anew = false;
    list.forEach(each => this.#take(each, sent, anew));
    this.#connected();
    if (anew) {
      $('#search').hidden = list.length <= MANY;
      $('#elections').hidden = false;
      $('#elections').classList.toggle('alone', list.length === 1);
      if (list.length === 1) {
        this.#elections.values().next().value.open = true;
      }
      this.#openLinked();
      list.forEach(each => this.#want(each.election));
    }
    this.#tick();
  }

  election(one, sent) {
    if (this.#take(one, sent, false)) {
      this.#want(one.election);
    }
    this.#connected();
    this.#tick();
  }

  lost(since, why) {
    const title = since === null ? 'Not connected' : `Not connected since ${words.clock(since, Date.now())}`;
    if (this.#live || $('#lost').hidden) {
      this.#say(`${title}.`);
    }
    this.#live = false;
    this.#anew = true;
    $('#lost').hidden = false;
    $('#lost-title').textContent = title;
    $('#lost-why').textContent = `The server does not tell any more: ${why}. `
      + (since === null ? 'Trying again.' : 'What is shown was so then. Trying again.');
    this.#showConnection('lost', 'Not connected');
    this.#elections.forEach(each => { each.live = false; });
    document.body.classList.add('stale');
    this.#tick();
  }

  wanted(again) {
    this.#live = false;
    this.#anew = true;
    this.#elections.forEach(each => each.node.remove());
    this.#elections.clear();
    ['#elections', '#problems', '#lost', '#forget'].forEach(id => { $(id).hidden = true; });
    $('#summary').textContent = '';
    $('#token').hidden = false;
    $('#token-refused').textContent = again ? 'The server refused that token.' : '';
    this.#showConnection('connecting', 'Waiting for a token');
    document.title = 'election';
    $('#token-value').focus();
  }

  // ---- Elections

  #take(data, sent, anew) {
    let election = this.#elections.get(data.election);
    if (!election) {
      election = new Election(data.election, $('#election'), () => this.#toggled(election));
      this.#elections.set(data.election, election);
      $('#list').append(election.node);
    }
    const before = election.data && `${election}`;
    const news = election.take(data, sent, anew);
    if (before && before !== `${election}`) {
      this.#news.push(election);
    }
    return news;
  }

  #toggled(election) {
    history.replaceState(null, '', election.open ? `#/${election.name}` : ' ');
    this.#tick();
    this.#draw();
  }

  /** `#/NAME` opens that election. */
  #openLinked() {
    const linked = location.hash.startsWith('#/') && this.#elections.get(decodeURIComponent(location.hash.slice(2)));
    if (linked && !linked.open) {
      linked.open = true;
      linked.node.scrollIntoView();
      this.#tick();
      this.#draw();
    }
  }

  #filter() {
    const text = $('#filter').value.trim().toLowerCase();
    this.#elections.forEach(each => { each.node.hidden = !each.matches(text); });
    $('#nothing-found').hidden = [...this.#elections.values()].some(each => !each.node.hidden);
    this.#draw();
  }

  // ---- Histories, a few at a time

  #want(name) {
    this.#wanted.add(name);
    this.#ask();
  }

  /** Renewals are no events. */
  #askOpen() {
    if (this.#live && !document.hidden) {
      this.#elections.forEach(each => each.open && each.leads && this.#want(each.name));
    }
  }

  async #ask() {
    if (this.#asking >= HISTORIES_AT_ONCE || this.#wanted.size === 0 || !this.#live) {
      return;
    }
    const [name] = this.#wanted;
    this.#wanted.delete(name);
    this.#asking++;
    const told = await this.#feed.history(name);
    this.#asking--;
    const election = this.#elections.get(name);
    if (told && election) {
      election.takeHistory(told);
      this.#draw();
    }
    this.#ask();
  }

  // ---- What is shown

  #connected() {
    this.#until = this.#feed.now();
    if (this.#live) {
      return;
    }
    if (!$('#lost').hidden) {
      this.#say('Connected again.');
    }
    this.#live = true;
    ['#lost', '#token'].forEach(id => { $(id).hidden = true; });
    $('#forget').hidden = !this.#feed.hasToken;
    this.#showConnection('live', 'Live');
    document.body.classList.remove('stale');
    this.#elections.forEach(each => { each.live = true; });
  }

  #showConnection(state, text) {
    $('#connection').dataset.state = state;
    $('#connection-text').textContent = text;
  }

  #tick() {
    if (this.#live) {
      this.#until = this.#feed.now();
    }
    const all = [...this.#elections.values()];
    all.forEach(each => each.tick(this.#until));
    const troubled = all.filter(each => each.data.problem !== null);
    const leaderless = all.filter(each => each.data.state !== 'known');
    this.#summarize(all, leaderless);
    this.#showProblems(troubled);
    this.#entitle(all, troubled.length + leaderless.length);
  }

  #summarize(all, leaderless) {
    const parts = [
      words.count(all.length, 'election'),
      `${all.filter(each => each.leads).length} led from here`,
      `${leaderless.length} without a known leader`,
    ];
    set($('#summary'), !this.#live || all.length < 2 ? '' : parts.join(' · '));
  }

  /** Many elections: which of them have problems, as links. One shows its own. */
  #showProblems(troubled) {
    $('#problems').hidden = troubled.length === 0 || this.#elections.size === 1;
    const shown = troubled.map(each => `${each.name}\n${each.data.problem}`).join('\n');
    if (this.#problems !== shown) {
      this.#problems = shown;
      $('#problems ul').replaceChildren(...troubled.map(each =>
        make('li', {}, make('a', {href: `#/${each.name}`}, each.name), ` ${each.data.problem}`)));
    }
  }

  #entitle(all, concerns) {
    let title = 'election';
    if (!this.#live) {
      title = all.length ? 'Not connected · election' : 'election';
    } else if (all.length === 1) {
      title = `${all[0].toString()} · election`;
    } else {
      title = `${concerns ? `(${concerns}) ` : ''}${words.count(all.length, 'election')}`;
    }
    if (document.title !== title) {
      document.title = title;
    }
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => {
      const all = [...this.#elections.values()].filter(each => !each.node.hidden);
      const begins = all.map(each => each.begin).filter(begin => begin !== null);
      if (begins.length === 0) {
        return;
      }
      const to = this.#live ? this.#feed.now() : this.#until;
      const from = to - this.#window(to, Math.min(...begins));
      axis($('.columns .axis'), from, to, words.tick);
      all.forEach(each => each.draw(from, to, this.#until));
    });
  }

  /** All there is at first, unless that is long: the last hour is more to the point then. */
  #window(to, begin) {
    if (!this.#chosen && to - begin > 3_600_000) {
      $('#window [value="3600"]').checked = true;
    }
    return 1_000 * $('#window :checked').value || Math.max(LEAST_WINDOW_MILLIS, to - begin);
  }

  // ---- For those who listen

  /** Few words, and not too often: a screen reader reads each aloud. */
  #announce() {
    const news = [...new Set(this.#news)];
    this.#news = [];
    if (this.#live && news.length) {
      this.#say(news.length <= 3 ? `${news.join('; ')}.` : `${news.length} elections have changed.`);
    }
  }

  #say(text) {
    $('#announcer').textContent = text;
  }

  #useToken(event) {
    event.preventDefault();
    const token = $('#token-value').value.trim();
    $('#token-value').value = '';
    $('#token-refused').textContent = '';
    this.#feed.useToken(token);
  }
}

/** Text that does not change is left alone. */
function set(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

new Page();
