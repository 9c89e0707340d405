/// The service's error codes that change what the hub does ("Web service error codes"), as ``DynamicsFault/code`` has them.
enum FaultCode {
    static let notFound: Set = ["0x80040217", "0x80060891"]
    static let duplicate: Set = ["0x80040237", "0x80060892"]
    static let versionMismatch = "0x80060882"

    static let burstRequests = "0x80072322"
    static let executionTime = "0x80072321"
    static let concurrency = "0x80072326"
    static let databaseWorkers = "0x80072324"
    static let throttled: Set = [burstRequests, executionTime, concurrency, databaseWorkers]

    /// A SQL error (deadlocks among them), a SQL timeout, and the service's "unexpected".
    static let transient: Set = ["0x80044150", "0x80044151", "0x80040216"]

    static let privilege: Set = [
        "0x80040220", "0x80040231", "0x80048306", "0x8004a110", "0x80042f09", "0x80072560", "0x8004f507",
    ]

    /// Keys that are not declared or not unique, versions that the table does not keep, unknown tables and columns in a query, change
    /// tracking that is off.
    static let configuration: Set = [
        "0x80060890", "0x8006089d", "0x80060883", "0x8006088d", "0x80041102", "0x80041103", "0x80072491",
    ]

    /// The payload or the query names something; whether the schema or the record is to blame stands in the text.
    static let payload: Set = ["0x80048d19", "0x80060888"]
    static let unknownName = ["undeclared property", "could not find a property named", "resource not found for the segment"]
}
