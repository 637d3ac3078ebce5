import { Notice } from '../parts/notice.tsx';

export function ChartPage() {
  return <Notice title="Chart">This page is being written.</Notice>;
}
