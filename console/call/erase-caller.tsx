import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useLocation } from 'wouter';
import type { CallDetail } from '../../src/protocol/console-calls.ts';
import { ask } from '../api/request.ts';
import './commands.css';

/** A number that the engine can erase: E.164. Others, such as a withheld one, are not offered. */
const NUMBER = /^\+[1-9]\d{7,14}$/;

interface EraseCallerProps {
  readonly call: CallDetail;
  /** True while the engine does not answer. */
  readonly isGone: boolean;
}

/** Erases everything that the engine has stored about the other party of a call, after a confirmation. */
export function EraseCaller({ call, isGone }: EraseCallerProps) {
  const phone = call.direction === 'inbound' ? call.from : call.to;
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const erase = useMutation({
    mutationFn: () => ask(`/api/callers/${encodeURIComponent(phone)}`, { method: 'DELETE' }),
    onSuccess: () => {
      navigate('/', { replace: true });
      // The page forgets what it loaded about the number, too.
      queries.clear();
    },
  });
  if (!NUMBER.test(phone)) return null;
  return (
    <DialogTrigger onOpenChange={erase.reset}>
      <Button className="button" data-kind="plain" isDisabled={isGone}>
        Erase caller
      </Button>
      <ModalOverlay className="overlay" isDismissable={!erase.isPending}>
        <Modal>
          <Dialog className="dialog" role="alertdialog">
            {({ close }) => (
              <div className="command-form">
                <Heading slot="title">Erase everything about {phone}?</Heading>
                <p className="quiet">
                  All calls of this number go, with their logs, words and recordings, and so do its leads,
                  bookings and texts. What was counted stays in the sums. It cannot be taken back.
                </p>
                {erase.isError && (
                  <p role="alert" className="commands-trouble">
                    {erase.error.message}
                  </p>
                )}
                <div className="dialog-actions">
                  <Button className="button" onPress={close} isDisabled={erase.isPending} autoFocus>
                    Keep it
                  </Button>
                  <Button
                    className="button"
                    data-kind="danger"
                    isPending={erase.isPending}
                    isDisabled={isGone}
                    onPress={() => {
                      erase.mutate();
                    }}
                  >
                    {erase.isPending ? 'Erasing…' : 'Erase everything'}
                  </Button>
                </div>
              </div>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
