import { Button, FileTrigger } from 'react-aria-components';
import { useLocation } from 'wouter';
import { openCallFile } from '../call/opened-file.ts';

/** A button that opens the file of an exported call. */
export function OpenFile() {
  const [, navigate] = useLocation();
  return (
    <FileTrigger
      acceptedFileTypes={['application/json']}
      onSelect={(files) => {
        const file = files?.[0];
        if (file === undefined) return;
        void openCallFile(file);
        navigate('/file');
      }}
    >
      <Button className="button calls-open">Open a file</Button>
    </FileTrigger>
  );
}
