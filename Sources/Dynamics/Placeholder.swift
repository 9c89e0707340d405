import JWTKit
import X509
