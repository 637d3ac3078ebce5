import workletUrl from './line.worklet.ts?worker&url';
import type { FromLine, ToLine } from './line-messages.ts';
import type { AudioLine, LineChoice } from './softphone.ports.ts';
import { microphoneTrouble, SPEAKER_TROUBLE, type Trouble } from './trouble.ts';

/** The speaker's delay is asked for as often: it changes when another speaker is taken. */
const FRAMES_PER_LAG_CHECK = 50;

export class LineError extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.title);
    this.name = 'LineError';
    this.trouble = trouble;
  }
}

/**
 * Opens the devices. Browsers want a press of a button before it, and ask the
 * viewer for the microphone.
 *
 * @throws {LineError} with what to tell the viewer; nothing stays open.
 */
export async function openAudioLine(choice: LineChoice): Promise<AudioLine> {
  const microphone = await openMicrophone(choice.microphone);
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    await context.audioWorklet.addModule(workletUrl);
    await takeSpeaker(context, choice.speaker);
    await context.resume();
    return new OpenLine(context, choice, microphone);
  } catch {
    stop(microphone);
    void context.close();
    throw new LineError(SPEAKER_TROUBLE);
  }
}

class OpenLine implements AudioLine {
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  #choice: LineChoice;
  #microphone: MediaStream | undefined;
  #source: MediaStreamAudioSourceNode | undefined;

  constructor(context: AudioContext, choice: LineChoice, microphone: MediaStream | undefined) {
    this.#context = context;
    this.#choice = choice;
    this.#node = new AudioWorkletNode(context, 'line', { outputChannelCount: [1] });
    this.#node.connect(context.destination);
    this.#hearFrom(microphone);
  }

  tell(message: ToLine): void {
    this.#node.port.postMessage(message);
  }

  listen(listener: (message: FromLine) => void): void {
    let frames = 0;
    this.#node.port.onmessage = ({ data }: MessageEvent<FromLine>) => {
      if (data.type === 'frame' && frames++ % FRAMES_PER_LAG_CHECK === 0) {
        this.tell({ type: 'lag', seconds: lagOf(this.#context) });
      }
      listener(data);
    };
  }

  async change(choice: LineChoice): Promise<void> {
    if (choice.microphone !== this.#choice.microphone) {
      const microphone = await openMicrophone(choice.microphone);
      stop(this.#microphone);
      this.#hearFrom(microphone);
      this.#choice = { ...this.#choice, microphone: choice.microphone };
    }
    if (choice.speaker !== this.#choice.speaker) {
      try {
        await takeSpeaker(this.#context, choice.speaker);
      } catch {
        throw new LineError(SPEAKER_TROUBLE);
      }
      this.#choice = { ...this.#choice, speaker: choice.speaker };
    }
  }

  close(): void {
    this.tell({ type: 'stop' });
    stop(this.#microphone);
    void this.#context.close();
  }

  #hearFrom(microphone: MediaStream | undefined): void {
    this.#source?.disconnect();
    this.#microphone = microphone;
    this.#source = microphone && this.#context.createMediaStreamSource(microphone);
    this.#source?.connect(this.#node);
  }
}

async function openMicrophone(id: string): Promise<MediaStream | undefined> {
  if (id === 'none') return undefined;
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(id !== 'default' && { deviceId: { exact: id } }),
        channelCount: 1,
        // The agent's voice comes out of the speaker beside the microphone.
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      },
    });
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : 'unknown';
    throw new LineError(microphoneTrouble(name, window.isSecureContext));
  }
}

/** `setSinkId` is not in every browser; where it is not, there is one speaker and no choice is shown. */
async function takeSpeaker(context: AudioContext, id: string): Promise<void> {
  if (canChooseSpeaker()) await sinkOf(context).setSinkId(id === 'default' ? '' : id);
}

interface WithSink {
  /** Source: W3C, "Audio Output Devices API"; an empty id is the default device. */
  setSinkId(id: string): Promise<void>;
}

const sinkOf = (context: AudioContext) => context as AudioContext & WithSink;

export const canChooseSpeaker = (): boolean => 'setSinkId' in AudioContext.prototype;

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** From the audio thread to the ear, in seconds. Safari does not say what the device takes. */
function lagOf(context: AudioContext): number {
  const { baseLatency, outputLatency } = context as Partial<AudioContext>;
  return (outputLatency ?? 0) + (baseLatency ?? 0);
}
