/**
 * The one door to apache-arrow, the main entry first: its modules import each other in circles, and only from there do they
 * come up in an order that works when they are bundled.
 */
export {
  AsyncByteQueue,
  type Data,
  DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchWriter,
  Schema,
  Struct,
  type Table,
  tableFromIPC,
  Uint32,
  Uint64,
  Utf8,
  Vector,
} from 'apache-arrow';
export { Footer } from 'apache-arrow/ipc/metadata/file';
export { Message, type RecordBatch as RecordBatchMessage } from 'apache-arrow/ipc/metadata/message';
export { type ArrayBufferViewInput, toUint8Array } from 'apache-arrow/util/buffer';
export { compareFields, compareSchemas } from 'apache-arrow/visitor/typecomparator';
