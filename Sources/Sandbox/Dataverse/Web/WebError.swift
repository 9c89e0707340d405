/// A refusal in the Web API's own words: HTTP status, code, text.
struct WebError: Error {
    var status: Int
    var code: String
    var message: String
    var headers: [(name: String, value: String)] = []
    /// The row or the table a client error is about was refused because of a lost race on purpose: SQL error 1205.
    var isDeadlock = false

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    var body: [UInt8] {
        var writer = JSONWriter(capacity: message.utf8.count + 64)
        writer.beginObject()
        writer.name("error")
        writer.beginObject()
        writer.member("code", code)
        writer.member("message", message)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}

extension WebError {
    static func missing(_ table: TableDefinition, _ id: Guid) -> WebError {
        WebError(404, "0x80040217", "Entity '\(table.schemaName)' With Id = \(id) Does Not Exist")
    }

    static let alreadyExists = WebError(412, "0x80040237", "A record with matching key values already exists.")
    static let duplicateKey = WebError(412, "0x80040237", "Cannot insert duplicate key.")
    static let versionMismatch = WebError(
        412, "0x80060882", "The version of the existing record doesn't match the RowVersion property provided.")

    static func deadlock() -> WebError {
        var error = WebError(
            500, "0x80044150",
            "Generic SQL error. CRM ErrorCode: -2147204784 Sql ErrorCode: -2146232060 Sql Number: 1205 "
                + "Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. "
                + "Rerun the transaction.")
        error.isDeadlock = true
        return error
    }

    static func url(_ message: String) -> WebError { WebError(400, "0x80060888", message) }

    static let unknownPath = WebError.url(
        "URL was not parsed due to an ODataUnrecognizedPathException. "
            + "Resource not found for the segment provided in the URL.")

    static func unknownProperty(_ name: String, of table: TableDefinition) -> WebError {
        .url("Could not find a property named '\(name)' on type 'Microsoft.Dynamics.CRM.\(table.logicalName)'.")
    }

    static func payload(_ table: TableDefinition, _ detail: String) -> WebError {
        WebError(
            400, "0x80048d19",
            "Error identified in Payload provided by the user for Entity :'\(table.setName)', For more information on this error "
                + "please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ----> InnerException : "
                + "Microsoft.OData.ODataException: \(detail)")
    }

    static func undeclared(_ name: String, of table: TableDefinition) -> WebError {
        payload(
            table,
            "An undeclared property '\(name)' which only has property annotations in the payload but no property value was found "
                + "in the payload. In OData, only declared navigation properties and declared named streams can be represented as "
                + "properties without values.")
    }

    static func argument(_ message: String) -> WebError { WebError(400, "0x80040203", message) }

    static func method(_ method: String) -> WebError {
        WebError(405, "0x80060888", "The requested resource does not support http method '\(method)'.")
    }
}
