export default function Page() {
  return <p>POST a video to /videos, then read /videos/&lt;id&gt; until it names a playlist.</p>
}
