/** The part of EPCIS 2.0 that we emit; words are those of CBV 2.0, bare as JSON demands. */
export type EpcisAction = "OBSERVE" | "ADD" | "DELETE";
export type Uri = string;

export interface EpcisPlace {
  readonly id: Uri;
}
export interface EpcisBusinessTransaction {
  readonly type: "bol" | "desadv" | "inv" | "po" | "recadv" | "rma" | "testprd" | "testres";
  readonly bizTransaction: Uri;
}
export type EpcisPartyType = "owning_party" | "possessing_party" | "location";
export interface EpcisSource {
  readonly type: EpcisPartyType;
  readonly source: Uri;
}
export interface EpcisDestination {
  readonly type: EpcisPartyType;
  readonly destination: Uri;
}
export interface EpcisQuantity {
  readonly epcClass: Uri;
  readonly quantity?: number;
  readonly uom?: string;
}
export interface EpcisSensorReport {
  readonly type: "Mass" | "Count";
  readonly value?: number;
  /** The exact decimal where a JSON number could not hold it. */
  readonly stringValue?: string;
  readonly maxValue?: number;
  readonly meanValue?: number;
  readonly uom?: string;
}
export interface EpcisSensorElement {
  readonly sensorMetadata?: {
    readonly time?: string;
    readonly startTime?: string;
    readonly endTime?: string;
    readonly deviceID?: Uri;
  };
  readonly sensorReport: readonly EpcisSensorReport[];
}

export type EpcisBizStep =
  | "accepting"
  | "arriving"
  | "collecting"
  | "commissioning"
  | "decommissioning"
  | "destroying"
  | "entering_exiting"
  | "holding"
  | "inspecting"
  | "packing"
  | "receiving"
  | "repairing"
  | "retail_selling"
  | "sensor_reporting"
  | "shipping"
  | "stock_taking"
  | "stocking"
  | "storing"
  | "unpacking";
export type EpcisDisposition =
  | "active"
  | "available"
  | "completeness_verified"
  | "conformant"
  | "damaged"
  | "destroyed"
  | "disposed"
  | "expired"
  | "in_progress"
  | "in_transit"
  | "inactive"
  | "mismatch_instance"
  | "needs_replacement"
  | "non_conformant"
  | "non_sellable_other"
  | "recalled"
  | "retail_sold"
  | "returned"
  | "sellable_accessible"
  | "sellable_not_accessible"
  | "unavailable"
  | "unknown";

/** A key with a prefix that the event's context declares, `storewire:grade`. */
export type ExtensionKey = `${string}:${string}`;
export type ExtensionValue = string | number | boolean;

/**
 * What events of all types have in common. A type alias, not an interface, so that it fits where loose JSON is taken.
 * In memory a member that is absent may be undefined.
 */
type EpcisCommon = {
  readonly "@context": readonly (string | Readonly<Record<string, string>>)[];
  /** `ni:///sha-256;...?ver=CBV2.0`, the hash of all the rest (event-hash.ts). */
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventTimeZoneOffset: string;
  /** Absent where no word of CBV says what was done. */
  readonly bizStep?: EpcisBizStep | undefined;
  readonly disposition?: EpcisDisposition | undefined;
  readonly readPoint: EpcisPlace;
  readonly bizLocation?: EpcisPlace | undefined;
  readonly bizTransactionList?: readonly EpcisBusinessTransaction[] | undefined;
  readonly sourceList?: readonly EpcisSource[] | undefined;
  readonly destinationList?: readonly EpcisDestination[] | undefined;
  readonly [extension: ExtensionKey]: ExtensionValue | undefined;
};

type EpcisActing = EpcisCommon & { readonly action: EpcisAction };

export type EpcisObjectEvent = EpcisActing & {
  readonly type: "ObjectEvent";
  readonly epcList?: readonly Uri[] | undefined;
  readonly quantityList?: readonly EpcisQuantity[] | undefined;
  readonly persistentDisposition?:
    | {
        readonly set?: readonly EpcisDisposition[];
        readonly unset?: readonly EpcisDisposition[];
      }
    | undefined;
  readonly sensorElementList?: readonly EpcisSensorElement[] | undefined;
};

/** Things go into a container, or come out of it; without children all of them. */
export type EpcisAggregationEvent = EpcisActing & {
  readonly type: "AggregationEvent";
  readonly parentID: Uri;
  readonly childEPCs?: readonly Uri[] | undefined;
};

/** Things and a business transaction turn out to belong together. */
export type EpcisTransactionEvent = EpcisActing & {
  readonly type: "TransactionEvent";
  readonly epcList: readonly Uri[];
  readonly bizTransactionList: readonly EpcisBusinessTransaction[];
};

/** Out of one thing becomes another, and the first is no more. */
export type EpcisTransformationEvent = EpcisCommon & {
  readonly type: "TransformationEvent";
  readonly inputEPCList: readonly Uri[];
  readonly outputEPCList: readonly Uri[];
};

export type EpcisEvent =
  | EpcisObjectEvent
  | EpcisAggregationEvent
  | EpcisTransactionEvent
  | EpcisTransformationEvent;
