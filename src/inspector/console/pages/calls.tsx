import { Notice } from '../parts/notice.tsx';

export function CallsPage() {
  return <Notice title="Calls">This page is being written.</Notice>;
}
