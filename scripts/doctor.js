// pnpm only warns when its install before a script failed, and then runs the script under the
// host's Node. Plain JavaScript that every Node can read, so that the message below is what a
// newcomer sees, and not a syntax error.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `This script needs the Node 24 that the workspace brings as a dependency, but Node ${process.versions.node} runs it.\n` +
      'The install before it must have failed. Run "npx -y pnpm@12.21.0 install", fix the error that it prints, and try again.',
  );
  process.exit(1);
}
