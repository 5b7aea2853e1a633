// A worker thread that tells how its module was loaded: by `require`, which must not be interrupted, or by `import`.
const { stack } = new Error();

export default function run() {
  throw new Error(/require/i.test(stack) ? 'required' : 'imported');
}
