import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { openCallFile } from '../call/opened-file.ts';
import './file-drop.css';

/** Opens the file of a call that the viewer drops anywhere on the page. */
export function FileDrop() {
  const [, navigate] = useLocation();
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void openCallFile(file);
      navigate('/file');
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [navigate]);

  return isOver ? <div className="file-drop">Drop a call’s file to open it here</div> : null;
}
