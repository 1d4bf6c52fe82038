//! Made-up manifests of any size.

use super::lines;

/// So many teams share the applications, with a namespace and a storage class each.
const TEAMS: usize = 40;

/// An application as five objects.
const APPLICATION: &str = r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: app@
  namespace: team#
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app@
  namespace: team#
  labels:
    app.kubernetes.io/name: app@
    gardefou.eu/tenant: t#
spec:
  replicas: 3
  selector:
    matchLabels: {app: app@}
  template:
    metadata:
      labels:
        app: app@
    spec:
      serviceAccountName: app@
      nodeSelector:
        topology.kubernetes.io/region: eu-west-2
      containers:
        - name: main
          image: registry.example.org/team#/app@:1.0
          ports:
            - containerPort: 8080
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef: {name: app@, key: url}
            - name: LOG_LEVEL
              value: info
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {cpu: 500m, memory: 512Mi}
          volumeMounts:
            - name: data
              mountPath: /var/lib/app
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: app@
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: app@
  namespace: team#
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: tenant-#
  resources:
    requests:
      storage: 10Gi
---
apiVersion: v1
kind: Service
metadata:
  name: app@
  namespace: team#
spec:
  selector:
    app: app@
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app@
  namespace: team#
spec:
  ingressClassName: nginx
  rules:
    - host: app@.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: app@
                port: {number: 80}
"#;

/// One file for each application.
pub(crate) fn applications(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| {
            let team = (at % TEAMS).to_string();
            APPLICATION
                .replace('@', &at.to_string())
                .replace('#', &team)
        })
        .collect()
}

/// A name, and a text with so many of something.
pub(crate) type Shape = (&'static str, fn(usize) -> String);

/// Ways in which one text can be large; those with an anchor are read by the parser, not by the quick reader.
pub(crate) const SHAPES: [Shape; 9] = [
    ("documents", |n| {
        lines(n, |at| format!("---\nkind: Pod\nmetadata: {{name: p{at}}}"))
    }),
    ("documents for the parser", |n| {
        lines(n, |at| {
            format!("---\nkind: &k Pod\nmetadata: {{name: p{at}}}")
        })
    }),
    ("keys", |n| lines(n, |at| format!("key{at}: {at}"))),
    ("keys for the parser", |n| {
        lines(n, |at| format!("key{at}: &a {at}"))
    }),
    ("equal keys", |n| lines(n, |_| "key: 1".to_owned())),
    ("elements", |n| lines(n, |at| format!("- {at}"))),
    ("comments", |n| lines(n, |at| format!("# {at}")) + "a: 1\n"),
    ("aliases", |n| {
        format!("a: &a x\nb: [{}]\n", "*a, ".repeat(n))
    }),
    ("JSON objects", |n| {
        lines(n, |at| format!("{{\"kind\": \"Pod\", \"at\": {at}}}"))
    }),
];
