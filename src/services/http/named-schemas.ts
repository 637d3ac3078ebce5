import { AgentProfile } from '../../protocol/agent-profile.ts';
import { CallFile } from '../../protocol/call-file.ts';
import {
  AgentDetail,
  AgentDraft,
  AgentPage,
  AgentPreview,
  AgentVersion,
  AgentVersionPage,
  WrittenAgentProfile,
} from '../../protocol/console-agents.ts';
import { Analytics } from '../../protocol/console-analytics.ts';
import { AuditPage, AuditRow } from '../../protocol/console-audit.ts';
import { BlockedNumber, BlockedPage, RefusedCall, RefusedPage } from '../../protocol/console-blocked.ts';
import {
  CallDetail,
  CallItem,
  CallLatencies,
  CallLoss,
  CallLosses,
  CallPage,
  CallRow,
  CallRows,
  FullRow,
  PlacedCall,
  ShownFailure,
  Transcript,
  TranscriptLine,
  TurnTimes,
} from '../../protocol/console-calls.ts';
import { ChartPicture, PictureEdge, PictureLine, PictureNode } from '../../protocol/console-chart.ts';
import { RecordingPeaks } from '../../protocol/console-recording.ts';
import { SoftphoneBody, SoftphoneCall, SoftphoneSayBody } from '../../protocol/console-softphone.ts';
import { OpenApi, Operation } from '../../protocol/openapi.ts';
import { Problem } from '../../protocol/problem.ts';
import {
  Alive,
  CommandTaken,
  EmptyBody,
  MuteBody,
  PlaceCallBody,
  Ready,
  RecordingBody,
  SayBody,
  TransferBody,
  WhisperBody,
} from '../../protocol/rest.ts';
import { Booking, BookingPage, Lead, LeadPage, Message, MessagePage } from '../../protocol/stored-items.ts';

/** What routes answer, under the names that `/api/openapi.json` gives it, and that a generated client has as types. */
export const ANSWERED = {
  ...{ AgentDetail, AgentDraft, AgentPage, AgentPreview, AgentProfile, AgentVersion, AgentVersionPage },
  ...{ Alive, Analytics, AuditPage, AuditRow, BlockedNumber, BlockedPage, Booking, BookingPage },
  ...{ CallDetail, CallFile, CallItem, CallLatencies, CallLoss, CallLosses, CallPage, CallRow, CallRows },
  ...{ ChartPicture, CommandTaken, FullRow, Lead, LeadPage, Message, MessagePage, OpenApi, Operation },
  ...{ PictureEdge, PictureLine, PictureNode, PlacedCall, Problem, Ready, RecordingPeaks },
  ...{ RefusedCall, RefusedPage, ShownFailure, SoftphoneCall, Transcript, TranscriptLine, TurnTimes },
} as const;

/** The bodies that routes take. */
export const TAKEN = {
  ...{ EmptyBody, MuteBody, PlaceCallBody, RecordingBody, SayBody, TransferBody, WhisperBody },
  ...{ SoftphoneBody, SoftphoneSayBody, WrittenAgentProfile },
} as const;

export type AnsweredSchema = (typeof ANSWERED)[keyof typeof ANSWERED];
export type TakenSchema = (typeof TAKEN)[keyof typeof TAKEN];
