import { Notice } from '../parts/notice.tsx';

export function SoftphonePage() {
  return <Notice title="Softphone">This page is being written.</Notice>;
}
