# The guardian of one command: ends its processes when the time that it was given is over, or when the one who gives it
# is gone. For dash, bash and busybox; nothing but sh, grep and sleep. Runs in a session of its own.
#
#   sh guardian.sh COOKIE GRACE OWNER < LINES
#
# COOKIE is in the environment of every process to end. Each line says: TERM_AT KILL_AT LEADER START. Times are hundredths
# of a second since boot, as in /proc/uptime, so they mean the same whenever they are read. LEADER leads the session of
# the processes and was started at START, as in its stat; 0 for not known. When the lines end, OWNER has died: the
# processes have GRACE, and no longer than until KILL_AT.

cookie=$1 grace=$2 owner=$3
unset ELECTION_GUARDIAN
cd /
trap '' HUP INT QUIT TERM PIPE USR1 USR2 TSTP TTIN TTOU

# Whoever reads what we say may be stopped, which is not to stop us.
say() {
  echo "election: $1" >&2 &
}

# Sets now.
clock() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}

# Sleeps until $1, and never for more than a second: the time that a machine was suspended does not count for sleep.
# In the background, so that a timer can end it when it is ended itself.
nap() {
  left=$(($1 - now))
  [ "$left" -lt 100 ] || left=100
  part=$((100 + left % 100))
  sleep "$((left / 100)).${part#1}" &
  wait "$!"
  rested=$!
}

# In a timer that another one has followed: ends, and leaves no sleep behind. Were it just killed, its sleep would go to
# process 1, and stay there as a zombie where that is no init: one for each renewal.
retire() {
  [ "$!" = "$rested" ] || {
    kill -KILL "$!"
    wait "$!"
  } 2>/dev/null
  exit
}

# A timer without a trap for it yet ends by this as well, and has no sleep yet. Who was started with it ignored cannot
# catch it.
ending=KILL
trap 'ending=ALRM' ALRM
kill -ALRM $$
trap - ALRM

# Ends timer $1, and waits until it has.
dismiss() {
  {
    kill "-$ending" "$1"
    kill -CONT "$1"
    wait "$1"
  } 2>/dev/null
}

# Sets state, parent, group, session and started to what /proc tells of process $1; fails when there is no such one. Its
# name may hold anything, line breaks too; what follows it is in the last line.
look() {
  line=
  { while read -r more; do line=$more; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$line" ] || return
  # shellcheck disable=SC2086
  set -- ${line##*) }
  state=$1 parent=$2 group=$3 session=$4
  shift 19
  started=$1
}

# Adds the processes of the files "$@" in /proc to found, and sets fresh to those that are new there: 12|34.
add() {
  fresh=
  for file; do
    file=${file#/proc/}
    case $found in
      *" ${file%%/*} "*) ;;
      *) fresh="$fresh${fresh:+|}${file%%/*}" found="$found${file%%/*} " ;;
    esac
  done
}

# Prints the files $3 of the processes in /proc that have a line of $2, which is fixed with -F and a pattern with -E. When
# that is more than a program takes as arguments, by their last digits.
sift() {
  grep -ls "$1" "$2" /proc/[0-9]*/"$3"
  [ "$?" -lt 126 ] || for digit in 0 1 2 3 4 5 6 7 8 9; do
    grep -ls "$1" "$2" /proc/*"$digit/$3"
  done
} 2>/dev/null

# Fields of a stat: those between the state and the session, those between the session and the number of threads, and that
# number when it is more than one. A process whose first thread has ended is a Z with other threads, and runs.
two='[0-9]+ [0-9]+ ' thirteen='(-?[0-9]+ ){13}' threads='([2-9]|[1-9][0-9]+) '

# Sets found to the processes to end: they have the cookie, or are of the leader's session, or descend from one of these.
# Fails when there is none. By grep, since a shell would take a second for what is to be done in an instant.
# shellcheck disable=SC2046
search() {
  if [ "$leader" != 0 ] && [ "$start" != 0 ] && look "$leader" && [ "$started" != "$start" ]; then
    leader=0 # its number went to somebody else
  fi
  found=' '
  add $(sift -F "$cookie" environ)
  # Session 0 is that of the kernel, and of whoever came into this container from outside.
  if [ "$leader" != 0 ]; then
    add $(sift -E "\) ([^ZX] $two$leader |Z $two$leader $thirteen$threads)" stat)
  fi
  fresh=
  for pid in $found; do
    fresh="$fresh${fresh:+|}$pid"
  done
  while [ -n "$fresh" ]; do
    add $(sift -E "\) ([^ZX] ($fresh) |Z ($fresh) $two$thirteen$threads)" stat)
  done
  [ "$found" != ' ' ]
}

# The group first, at one stroke, so that none of it forks meanwhile.
tell_to_end() {
  others=
  for pid in $found; do
    look "$pid" && [ "$group" != "$leader" ] && others="$others $pid"
  done
  [ "$leader" = 0 ] || kill -TERM "-$leader" 2>/dev/null
  # shellcheck disable=SC2086
  [ -z "$others" ] || kill -TERM $others 2>/dev/null
}

# All that were found at once: who has lost its parent may not be found again.
kill_all() {
  again=
  while search; do
    # shellcheck disable=SC2086
    kill -KILL $found 2>/dev/null
    [ "$found" != "$again" ] || sleep 0.2 # they are dying, or cannot be killed
    again=$found
  done
}

# The dead-man's timer: SIGTERM at $1, SIGKILL at $2.
watch() {
  rested=$!
  trap retire ALRM
  leader=$3 start=$4
  while clock && [ "$now" -lt "$1" ]; do
    nap "$1"
  done
  if [ "$1" -lt "$2" ] && search; then
    tell_to_end
    say "$why; stopping the command"
  fi
  while clock && [ "$now" -lt "$2" ] && search; do
    nap "$2"
  done
  kill_all
}

why='no renewal came in time'
timer=
while read -r term_at kill_at leader start; do
  watch "$term_at" "$kill_at" "$leader" "$start" </dev/null >/dev/null &
  older=$timer timer=$!
  if [ -n "$older" ]; then
    dismiss "$older"
  else
    echo ready
  fi
  last="$term_at $kill_at $leader $start"
done

[ -n "$timer" ] || exit 0
# What the owner was just starting looks for its parent before it becomes the command. Once the owner is gone altogether it
# has either seen that, or can be found.
tries=0
while [ "$tries" -lt 20 ] && look "$owner" && [ "$state" != Z ]; do
  sleep 0.05
  tries=$((tries + 1))
done
# shellcheck disable=SC2086
set -- $last
why='election has ended without stopping its command'
clock
end=$((now + grace))
[ "$end" -lt "$2" ] || end=$2
watch "$now" "$end" "$3" "$4" </dev/null >/dev/null &
dismiss "$timer"
wait
