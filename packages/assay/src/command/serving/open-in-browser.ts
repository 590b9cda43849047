import { spawn } from "node:child_process"

/** Opens a page in the user's browser. Where there is none, nothing happens: the URL is on the screen. */
export function openInBrowser(url: string): void {
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url]
  const opener = spawn(program!, args, { stdio: "ignore", detached: true })
  opener.on("error", () => {})
  opener.unref()
}
