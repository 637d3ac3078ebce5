import { Notice } from '../parts/notice.tsx';

export function CallPage({ callSid }: { readonly callSid: string }) {
  return <Notice title={callSid}>This page is being written.</Notice>;
}
