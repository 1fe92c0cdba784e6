// Pieces that are played on Node's own pipe wraps: `node pieces.js PIECE DIRECTORY` prints who saw what, a line each. The scenario
// beside this file plays the same pieces on ours, and compares the lines.
'use strict';

const fs = require('fs');
const path = require('path');
const { Pipe, PipeConnectWrap, constants } = process.binding('pipe_wrap');
const { ShutdownWrap, streamBaseState, kReadBytesOrError } = process.binding('stream_wrap');
const { Providers } = process.binding('async_wrap');
const { errname } = process.binding('uv');

const directory = process.argv[3];
const kept = [];

function said(value) {
  return typeof value === 'number' && value < 0 ? errname(value) : String(value);
}

function note(who, ...what) {
  fs.writeSync(1, `${who}: ${what.map(said).join(' ')}\n`);
}

function make(type = constants.SOCKET) {
  const pipe = new Pipe(type);
  kept.push(pipe);
  return pipe;
}

function connect(who, pipe, name, then) {
  const req = new PipeConnectWrap();
  kept.push(req);
  req.oncomplete = (status, handle, same, readable, writable) => {
    note(who, 'connected', status, handle === pipe && same === req, readable, writable);
    if (then) then();
  };
  return pipe.connect(req, name);
}

function close(who, pipe) {
  pipe.close(() => note(who, 'closed'));
}

function methods(who, pipe) {
  note(who, 'fd', pipe.fd >= 0 ? 'open' : `${pipe.fd}`);
  const provider = pipe.getProviderType();
  const name = Object.keys(Providers).find((key) => Providers[key] === provider);
  note(who, 'provider', name === undefined ? 'NONE' : name);
  note(who, 'id', pipe.getAsyncId() > 0);
  note(who, 'readStart', pipe.readStart());
  note(who, 'readStop', pipe.readStop());
  note(who, 'shutdown', pipe.shutdown(new ShutdownWrap()));
  note(who, 'fchmod', pipe.fchmod(3));
}

const pieces = {
  values() {
    const pipe = make();
    methods('fresh', pipe);
    methods('server', make(constants.SERVER));
    methods('ipc', make(constants.IPC));
    note('fresh', 'listen', pipe.listen(511));
    note('fresh', 'bind', pipe.bind(path.join(directory, 'one')));
    note('fresh', 'bind', pipe.bind(path.join(directory, 'two')));
    note('fresh', 'taken', make().bind(path.join(directory, 'one')));
    note('fresh', 'nowhere', make().bind(path.join(directory, 'no', 'where')));
    note('fresh', 'empty', make().connect(new PipeConnectWrap(), ''));
    methods('bound', pipe);
    note('bound', 'fchmod', pipe.fchmod(4));
    const ipc = make(constants.IPC);
    note('ipc', 'bind', ipc.bind(path.join(directory, 'ipc')));
    note('ipc', 'listen', ipc.listen(511));
    pipe.close(() => {
      methods('in', pipe);
      setImmediate(() => methods('after', pipe));
    });
    methods('closing', pipe);
    note('closing', 'bind', pipe.bind(path.join(directory, 'two')));
    note('closing', 'listen', pipe.listen(511));
    ipc.close();
  },

  attempts() {
    const nowhere = make();
    note('nowhere', 'connect', connect('nowhere', nowhere, path.join(directory, 'nowhere'), () => close('nowhere', nowhere)));
    setImmediate(() => note('nowhere', 'immediate'));
    const bound = make();
    bound.bind(path.join(directory, 'bound'));
    const refused = make();
    note('refused', 'connect', connect('refused', refused, path.join(directory, 'bound'), () => {
      close('refused', refused);
      bound.close();
    }));
    setImmediate(() => note('refused', 'immediate'));
    const cancelled = make();
    note('cancelled', 'connect', connect('cancelled', cancelled, path.join(directory, 'nowhere')));
    close('cancelled', cancelled);
    setImmediate(() => note('cancelled', 'immediate'));
  },

  connection() {
    const server = make(constants.SERVER);
    const name = path.join(directory, 'server');
    server.bind(name);
    note('server', 'listen', server.listen(511));
    server.onconnection = (status, peer) => {
      kept.push(peer);
      note('server', 'connection', status, peer instanceof Pipe);
      methods('peer', peer);
      peer.onread = () => {
        const nread = streamBaseState[kReadBytesOrError];
        note('peer', 'read', nread);
        close('peer', peer);
      };
      note('peer', 'readStart', peer.readStart());
      close('server', server);
    };
    const client = make();
    note('client', 'connect', connect('client', client, name, () => close('client', client)));
    setImmediate(() => note('client', 'immediate'));
  },
};

pieces[process.argv[2]]();
