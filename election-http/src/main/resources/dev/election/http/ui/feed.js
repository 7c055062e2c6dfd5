// The connection to the server: what it said, since when it says nothing, and the token that it may want.

/** The server sends a heartbeat every 10 s. */
const SILENCE_MILLIS = 25_000;
const ANSWER_MILLIS = 5_000;
const POLL_MILLIS = 2_000;
const RETRY_MILLIS = [500, 1_000, 2_000, 4_000];
const STORED_TOKEN = 'election.token';

class Refused extends Error {}

/**
 * Follows all elections by Server-Sent Events, and by asking every two seconds while somebody looks: events tell what
 * changed, answers how much of a term remains. Events are read from `fetch`, as an EventSource sends no token.
 *
 * Calls `listener.elections(list, sent)` with all there is, `listener.election(one, sent)` with one that changed,
 * `listener.lost(since, why)`, `listener.wanted(again)` when a token is missing or wrong. `sent` is when the question
 * left, by performance.now(): what remained of a term is counted from there, so that no delay lengthens it.
 */
export class Feed {
  #listener;
  #base;
  #token = sessionStorage.getItem(STORED_TOKEN);
  #heard = null; // Date.now() of the last sign of the server
  #quietSince = 0; // the same, or when the present connection was begun
  #clockAhead = 0; // the server's clock less ours
  #connection = null; // an AbortController while there is one, or one is tried
  #following = false; // whether it delivers events
  #attempts = 0;
  #timer = 0;

  constructor(listener, base = new URL('..', document.baseURI)) {
    this.#listener = listener;
    this.#base = base;
    setInterval(() => this.#watch(), 1_000);
    setInterval(() => document.hidden || this.#poll(), POLL_MILLIS);
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
    addEventListener('online', () => this.#hurry());
    addEventListener('offline', () => this.#connection?.abort(new Error('this device is offline')));
  }

  get hasToken() {
    return this.#token !== null;
  }

  /** The server's wall clock, as far as its answers tell. */
  now() {
    return Date.now() + this.#clockAhead;
  }

  useToken(token) {
    this.#token = token;
    sessionStorage.setItem(STORED_TOKEN, token);
    this.connect();
  }

  forgetToken() {
    this.#token = null;
    sessionStorage.removeItem(STORED_TOKEN);
    this.#connection?.abort(new Refused());
  }

  /** Connects, and again whenever the connection breaks; until a token is wanted. */
  async connect() {
    clearTimeout(this.#timer);
    const connection = new AbortController();
    this.#connection?.abort(new Error('replaced'));
    this.#connection = connection;
    this.#following = false;
    this.#quietSince = Date.now();
    let why;
    try {
      await this.#all(connection);
      await this.#follow(connection);
      why = new Error('it closed the connection');
    } catch (e) {
      why = connection.signal.aborted ? connection.signal.reason : e;
    }
    if (this.#connection !== connection) {
      return;
    }
    this.#connection = null;
    this.#following = false;
    if (why instanceof Refused) {
      const again = this.#token !== null;
      this.forgetToken();
      this.#listener.wanted(again);
      return;
    }
    this.#listener.lost(this.#heard, reason(why));
    const wait = RETRY_MILLIS[Math.min(this.#attempts++, RETRY_MILLIS.length - 1)];
    this.#timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  /** The history of one election, or null if it cannot be had now. */
  async history(election) {
    const connection = this.#connection;
    try {
      return connection && await this.#json(`v1/elections/${encodeURIComponent(election)}/history`, connection);
    } catch {
      return null; // that the server is gone is told by what follows it, not by this
    }
  }

  async #all(connection) {
    const sent = performance.now();
    const {elections} = await this.#json('v1/elections', connection);
    if (this.#connection === connection && !connection.signal.aborted) {
      this.#listener.elections(elections, sent);
    }
  }

  async #json(path, connection) {
    const response = await this.#ask(path, AbortSignal.any([connection.signal, AbortSignal.timeout(ANSWER_MILLIS)]));
    const body = await response.json();
    this.#hear(connection);
    return body;
  }

  async #ask(path, signal, accept = 'application/json') {
    const headers = {Accept: accept};
    if (this.#token !== null) {
      headers.Authorization = `Bearer ${this.#token}`;
    }
    const response = await fetch(new URL(path, this.#base), {headers, signal, cache: 'no-store', redirect: 'error'});
    if (response.status === 401) {
      throw new Refused();
    }
    if (!response.ok) {
      throw new Error(`it answered ${response.status} to ${path}`);
    }
    const date = Date.parse(response.headers.get('Date'));
    if (!Number.isNaN(date)) {
      const ahead = date - Date.now();
      this.#clockAhead = Math.abs(ahead) < 2_000 ? 0 : ahead; // the header is no more exact
    }
    return response;
  }

  async #follow(connection) {
    const response = await this.#ask('v1/events', connection.signal, 'text/event-stream');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.#attempts = 0;
    this.#following = true;
    let rest = '';
    for (;;) {
      const {value, done} = await reader.read();
      if (done || this.#connection !== connection) {
        return;
      }
      this.#hear(connection);
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop();
      events.forEach(event => this.#take(event));
    }
  }

  #take(event) {
    const lines = event.split(/\r?\n/);
    const field = name => lines.filter(line => line.startsWith(`${name}:`))
      .map(line => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
    if (field('event') === 'election') {
      this.#listener.election(JSON.parse(field('data')), performance.now());
    }
  }

  #hear(connection) {
    if (this.#connection === connection) {
      this.#heard = this.#quietSince = Date.now();
    }
  }

  async #poll() {
    const connection = this.#connection;
    if (!connection || !this.#following) {
      return;
    }
    try {
      await this.#all(connection);
    } catch (e) {
      connection.abort(e);
    }
  }

  /** A connection can be dead without an error, and this computer can have slept. */
  #watch() {
    if (this.#connection && Date.now() - this.#quietSince > SILENCE_MILLIS) {
      this.#connection.abort(new Error('it fell silent'));
    }
  }

  #hurry() {
    this.#watch();
    if (this.#connection) {
      this.#poll();
    } else if (this.#timer) {
      this.connect();
    }
  }
}

/** The browsers' own words for a refused connection differ, and tell nothing. */
function reason(error) {
  if (error.name === 'TypeError') {
    return 'it cannot be reached';
  }
  return error.name === 'TimeoutError' ? 'it does not answer' : error.message;
}
