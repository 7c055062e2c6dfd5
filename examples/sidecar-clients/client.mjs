// Works only while this sidecar's candidate leads. It follows the election by server-sent events.
//
//   node client.mjs [URL of the election]            Node 18 or later

const url = process.argv[2] ?? 'http://localhost:4040/v1/elections/example';
const workMillis = 500; // what one piece of work may take
const sleep = (millis) => new Promise((wake) => setTimeout(wake, millis));

let leads = false;
let said;

function see(election) {
  const own = election?.candidates.find((each) => each.leading);
  leads = own !== undefined;
  const other = election?.leader ? `follows ${election.leader.name}` : 'knows no leader';
  const now = own ? `leads, fencing token ${own.fencingToken}` : other;
  if (now !== said) console.log(now);
  said = now;
}

/** Until the stream ends. The first event is the present state: after a cut, nothing else is missing. */
async function follow() {
  const cut = new AbortController();
  let silence;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => cut.abort(), 25_000); // there is a heartbeat every ten seconds
  };
  try {
    heard();
    const response = await fetch(`${url}/events`, { signal: cut.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      heard();
      const frames = (text + chunk).split('\n\n');
      text = frames.pop();
      for (const data of frames.map((frame) => /^data: (.*)$/m.exec(frame))) if (data) see(JSON.parse(data[1]));
    }
  } finally {
    clearTimeout(silence);
    see(null);
  }
}

/** An event may be old when it is read. So ask before each piece of work how much is left, counted from before we ask. */
async function work() {
  const sent = performance.now();
  const election = await (await fetch(url, { signal: AbortSignal.timeout(1000) })).json();
  const own = election.candidates.find((each) => each.leading);
  if (leads && own && performance.now() + workMillis < sent + own.remainingMillis) {
    console.log(`works, fencing token ${own.fencingToken}`);
  }
}

async function forever(what) {
  for (;; await sleep(1000)) await what().catch((e) => console.error(e.cause?.message ?? e.message));
}
forever(follow);
forever(async () => leads && work());
