import workletUrl from './line.worklet.ts?worker&url';
import type { FromLine, ToLine } from './line-messages.ts';
import type { DeviceLine, LineChoice } from './softphone.ports.ts';
import { microphoneTrouble, SPEAKER_TROUBLE, type Trouble } from './trouble.ts';

/** How often the speaker's delay is read, in frames of 20 ms: it changes with the speaker. */
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
 * Opens the microphone and the speaker. Browsers allow it only after a press of a
 * button, and ask the viewer for the microphone.
 *
 * @throws {LineError} with the trouble to show to the viewer; nothing stays open.
 */
export async function openAudioLine(choice: LineChoice): Promise<DeviceLine> {
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

class OpenLine implements DeviceLine {
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
        // The microphone would hear the agent's voice from the speaker.
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

/** Takes a speaker, in browsers with `setSinkId`. In others there is one speaker, and no choice is shown. */
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

/** The delay from the audio thread to the ear, in seconds. Safari does not tell the part of the device. */
function lagOf(context: AudioContext): number {
  const { baseLatency, outputLatency } = context as Partial<AudioContext>;
  return (outputLatency ?? 0) + (baseLatency ?? 0);
}
