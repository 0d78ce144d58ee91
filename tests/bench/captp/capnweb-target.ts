import { RpcTarget } from 'capnweb';

export class Target extends RpcTarget {
  echo(text: string): string {
    return text;
  }
  next(): Target {
    return this;
  }
}
