;; y += x W for one vector: the only part of the network that takes time. Four inputs at a time are
;; multiplied with four columns of W at once; rows and columns must be multiples of 4.
(module
  (memory (import "matrix" "memory") 1)
  (func (export "multiply")
    (param $x i32) (param $w i32) (param $y i32) (param $rows i32) (param $columns i32)
    (local $row i32) (local $size i32) (local $end i32) (local $at i32)
    (local $w2 i32) (local $w3 i32) (local $w4 i32)
    (local $x1 v128) (local $x2 v128) (local $x3 v128) (local $x4 v128)
    (local.set $size (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $end (i32.add (local.get $y) (local.get $size)))
    (loop $rows_loop
      (local.set $x1 (v128.load32_splat (local.get $x)))
      (local.set $x2 (v128.load32_splat offset=4 (local.get $x)))
      (local.set $x3 (v128.load32_splat offset=8 (local.get $x)))
      (local.set $x4 (v128.load32_splat offset=12 (local.get $x)))
      (local.set $w2 (i32.add (local.get $w) (local.get $size)))
      (local.set $w3 (i32.add (local.get $w2) (local.get $size)))
      (local.set $w4 (i32.add (local.get $w3) (local.get $size)))
      (local.set $at (local.get $y))
      (loop $columns_loop
        (v128.store (local.get $at)
          (f32x4.add
            (f32x4.add
              (v128.load (local.get $at))
              (f32x4.add
                (f32x4.mul (local.get $x1) (v128.load (local.get $w)))
                (f32x4.mul (local.get $x2) (v128.load (local.get $w2)))))
            (f32x4.add
              (f32x4.mul (local.get $x3) (v128.load (local.get $w3)))
              (f32x4.mul (local.get $x4) (v128.load (local.get $w4))))))
        (local.set $w (i32.add (local.get $w) (i32.const 16)))
        (local.set $w2 (i32.add (local.get $w2) (i32.const 16)))
        (local.set $w3 (i32.add (local.get $w3) (i32.const 16)))
        (local.set $w4 (i32.add (local.get $w4) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $columns_loop (i32.lt_u (local.get $at) (local.get $end))))
      (local.set $w (local.get $w4))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows_loop (i32.lt_u (local.get $row) (local.get $rows))))))
