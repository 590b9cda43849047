import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** What the older service's README shows, with its address and project id filled in, as a program of its own. */
const script = (address: string, projectId: string): string => `
import { io } from "socket.io-client"
const saveToVectorDB = (data) => { console.log("Saved " + JSON.stringify(data)); socket.close() }

const socket = io('ws://${address}');

// Join project room
socket.emit('join_project', '${projectId}');

// Listen for status updates
socket.on('status_update', (data) => {
  console.log(\`Status: \${data.status} - \${data.message}\`);
});

// Listen for completion
socket.on('analysis_complete', (data) => {
  console.log('Analysis finished!');
  // Save data.data to vector database
  saveToVectorDB(data.data);
});

// Listen for errors
socket.on('analysis_error', (data) => {
  console.error('Analysis failed:', data.error);
});
`

export function runReadmeClient(
  address: string,
  projectId: string,
): { output: () => string; exited: Promise<number | null> } {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script(address, projectId)], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 20_000,
  })
  let output = ""
  child.stdout.on("data", (chunk) => (output += String(chunk)))
  return { output: () => output, exited: new Promise((resolve) => child.on("close", resolve)) }
}
