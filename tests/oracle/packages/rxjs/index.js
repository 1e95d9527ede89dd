// Subjects and the few operators that cases use: a source keeps its subscribers until they unsubscribe or it completes.

class Observable {
  constructor(start) { this.start = start; }
  subscribe(next = () => {}) {
    const subscription = { closed: false, unsubscribe() { if (!this.closed) { this.closed = true; this.end?.(); } } };
    subscription.end = this.start((value) => { if (!subscription.closed) next(value); }, () => subscription.unsubscribe());
    if (subscription.closed) subscription.end?.();
    return subscription;
  }
  pipe(...operators) { return operators.reduce((source, operator) => operator(source), this); }
  asObservable() { return new Observable(this.start); }
}

class Subject extends Observable {
  constructor() {
    const observers = new Set();
    super((next, complete) => {
      const observer = { next, complete };
      observers.add(observer);
      return () => observers.delete(observer);
    });
    this.observers = observers;
  }
  next(value) { for (const observer of [...this.observers]) observer.next(value); }
  complete() { for (const observer of [...this.observers]) observer.complete(); }
}

class ReplaySubject extends Subject {
  constructor(size = Infinity) { super(); this.size = size; this.values = []; }
  next(value) {
    this.values.push(value);
    if (this.values.length > this.size) this.values.shift();
    super.next(value);
  }
}

const operator = (make) => (source) => new Observable((next, complete) => make(source, next, complete));
const map = (f) => operator((source, next) => { const inner = source.subscribe((value) => next(f(value))); return () => inner.unsubscribe(); });

function take(count) {
  return operator((source, next, complete) => {
    let left = count;
    const inner = source.subscribe((value) => {
      next(value);
      left -= 1;
      if (left === 0) complete();
    });
    return () => inner.unsubscribe();
  });
}

function takeUntil(notifier) {
  return operator((source, next, complete) => {
    const inner = source.subscribe(next);
    const until = notifier.subscribe(() => complete());
    return () => { inner.unsubscribe(); until.unsubscribe(); };
  });
}

function shareReplay(options) {
  const counts = typeof options === 'object' && Boolean(options.refCount);
  return (source) => {
    const shared = new Subject();
    let subscribers = 0;
    let inner = null;
    return new Observable((next) => {
      subscribers += 1;
      const own = shared.subscribe(next);
      inner ??= source.subscribe((value) => shared.next(value));
      return () => {
        own.unsubscribe();
        subscribers -= 1;
        if (counts && subscribers === 0) { inner.unsubscribe(); inner = null; }
      };
    });
  };
}

const of = (...values) => new Observable((next, complete) => { values.forEach(next); complete(); });
const merge = (...sources) => new Observable((next) => { const all = sources.map((source) => source.subscribe(next)); return () => all.forEach((one) => one.unsubscribe()); });

module.exports = { Observable, Subject, BehaviorSubject: Subject, ReplaySubject, of, merge, map, take, takeUntil, shareReplay, first: () => take(1) };
