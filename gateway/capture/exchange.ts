/** One request to an EPCIS repository, below its URL. */
export interface CaptureRequest {
  readonly method: "GET" | "OPTIONS" | "POST";
  /** `/capture`, or what a `Location` said. */
  readonly path: string;
  /** A JSON document. */
  readonly body?: string;
}

/** What came back; header names are small letters. */
export interface CaptureResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** HTTP to one EPCIS repository, with its own deadline. Rejects when no answer came. */
export interface CaptureExchange {
  request(request: CaptureRequest): Promise<CaptureResponse>;
  close(): void;
}
