/// A client's signed statement in the place of a secret.
struct ClientAssertion {
    let application: DataverseApplication
    let audiences: [String]

    func verify(_ assertion: String) async throws(SignInError) {
        throw .assertion("No certificate is registered.")
    }
}
