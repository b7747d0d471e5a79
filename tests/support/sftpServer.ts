import { closeSync, openSync, writeSync } from "node:fs";
import { utils, type SFTPWrapper } from "ssh2";

const { STATUS_CODE } = utils.sftp;

/** The server's side of an SFTP session, as far as putting a file needs it: on the files of this machine. */
export function serveSftp(sftp: SFTPWrapper): void {
  const ended = (request: number, work: () => void): void => {
    try {
      work();
      sftp.status(request, STATUS_CODE.OK);
    } catch (error) {
      sftp.status(request, STATUS_CODE.FAILURE, String(error));
    }
  };
  const handle = Buffer.alloc(4);
  sftp.on("OPEN", (request, path) => {
    try {
      handle.writeUInt32BE(openSync(path, "w"));
      sftp.handle(request, handle);
    } catch (error) {
      sftp.status(request, STATUS_CODE.NO_SUCH_FILE, String(error));
    }
  });
  sftp.on("WRITE", (request, file, offset, data) =>
    ended(request, () => void writeSync(file.readUInt32BE(), data, 0, data.length, offset)),
  );
  sftp.on("FSETSTAT", (request) => ended(request, () => undefined));
  sftp.on("CLOSE", (request, file) => ended(request, () => closeSync(file.readUInt32BE())));
}
