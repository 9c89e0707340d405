public import Foundation

/// Everything that can be set about the simulated Enreach Cloud.
public struct EnreachCloudConfiguration: Sendable {
    public var seed: UInt64 = 1
    public var organization = "demo"
    public var organizationID = UUID(uuidString: "7f0e6d3a-1111-4c1c-9a01-2a4f9e6b0001")!
    public var siloName = "Silo01"
    /// Path under which the API stands on its host.
    public var apiPath = "/enreach"
    /// The integration's own user, with password and key.
    public var account = EnreachAccount()
    /// Seconds of the wall clock from a change to the moment the API shows it.
    public var visibleAfter: Double = 10
    /// Most requests in 60 simulated seconds before 429; nil is no limit.
    public var requestsPerMinute: Int?
    /// How often a transcript is asked for before it is completed.
    public var transcriptPolls = 2
    /// Field names that no readable page states. (`CallId` and the others with a source are fixed.)
    public var names = EnreachFieldNames()
    public var webhook: WebhookTarget?

    public init() {}
}

public struct EnreachAccount: Sendable, Codable {
    public var userName = "integration@demo.example"
    public var password = "demo-password"
    public var secretKey = "demo-secret-key"
    public var userID = UUID(uuidString: "5a5a5a5a-0000-4000-8000-000000000001")!

    public init() {}
}

/// Names of the fields whose real names are not known.
public struct EnreachFieldNames: Sendable {
    public var privacy = "PrivacyClass"
    public var modified = "Modified"
    public var userID = "UserId"
    public var transcripts = "TranscriptIds"
    public var ringing = "RingingDuration"
    public var callbacks = EnreachCallbackNames()

    public init() {}
}

/// Path and field names of callback requests, all of them assumed.
public struct EnreachCallbackNames: Sendable {
    public var path = "callbacks"
    /// Under `path`.
    public var lists = "lists"
    public var id = "Id"
    /// The list's id, as a field and as a parameter.
    public var list = "CallbackListId"
    public var listName = "CallbackListName"
    public var number = "ANum"
    public var created = "Created"
    public var due = "DueTime"
    public var expires = "ExpirationTime"
    public var closed = "ClosedTime"
    public var state = "State"
    public var result = "Result"
    public var note = "Note"

    public init() {}
}

/// Where webhooks go.
public struct WebhookTarget: Sendable, Codable, Equatable {
    /// The full address, `http://127.0.0.1:8080/webhooks/enreach/demo`.
    public var endpoint: String
    /// Sent in `X-Benemen-Token`.
    public var secret: String
    /// Take self-signed certificates.
    public var insecureSSL: Bool?

    public init(endpoint: String, secret: String, insecureSSL: Bool? = nil) {
        self.endpoint = endpoint
        self.secret = secret
        self.insecureSSL = insecureSSL
    }
}
